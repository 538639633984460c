from __future__ import annotations

import threading

import apsw
import pytest
from factories import (
    MET,
    approved,
    at,
    photo_of,
    photo_stored,
    post,
    received,
    standing_approved,
    stored,
    waiting,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.archive.event_file import Entry, EventFile, sqlite_version
from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import (
    CueShown,
    EventDescribed,
    Hidden,
    PanicRaised,
    PostDeleted,
    PostEdited,
    PostEvent,
    Rejected,
    Requeued,
    Stashed,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import Author, Cursor, PostState, Sighting, Standing, Tombstone

NAMES = (1, 2, 3)
URL = "https://example.social/a.jpg"
DELETED = "Xylophonquartett"
TABLES = ("SELECT * FROM posts", "SELECT * FROM search", "SELECT * FROM search_content")
IN_ONE_FOLDER = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "event.wall"


@pytest.fixture
def file(path):
    file = EventFile.open(path)
    yield file
    file.close()


def _happenings(name: int) -> tuple[PostEvent, ...]:
    uri = post(name).uri
    state = standing_approved(name)
    edited = post(name, text="edited, with a photo", attachments=(photo_of(URL),))
    return (
        received(post(name), name),
        PostEdited(at=at(5), post=edited, sighting=Sighting("elsewhere", "7")),
        photo_stored(uri, URL, stored()),
        approved(state),
        Rejected(at=at(6), uri=uri, by="desk", reason="No."),
        Stashed(at=at(7), uri=uri, by="desk"),
        Hidden(at=at(8), uri=uri, by="desk"),
        Requeued(at=at(9), uri=uri, by="desk"),
        PostDeleted(at=at(10), uri=uri),
    )


OTHERS = (PanicRaised(at=at(2), by="desk"), CueShown(at=at(3), scene="scroll", uris=(post().uri,), seconds=4))
EVENTS = st.sampled_from([event for name in NAMES for event in _happenings(name)] + list(OTHERS))


def _projection(file: EventFile) -> list[list[tuple[object, ...]]]:
    return [
        file._rows(query)
        for query in (
            "SELECT * FROM posts ORDER BY 1",
            "SELECT * FROM cursors ORDER BY 1",
            "SELECT * FROM photos ORDER BY 1",
            "SELECT r.uri, s.words FROM search_rows r JOIN search s ON s.rowid = r.id ORDER BY 1",
            "SELECT count(*) FROM search",
        )
    ]


@IN_ONE_FOLDER
@given(st.lists(st.lists(EVENTS, max_size=4), max_size=8))
def test_a_projection_rebuilt_from_the_journal_equals_the_stored_one(tmp_path, batches):
    path = tmp_path / "event.wall"
    path.unlink(missing_ok=True)
    file = EventFile.open(path)
    states: dict[str, object] = {}
    for batch in batches:
        for change in file.append(batch):
            uri = getattr(getattr(change.event, "post", change.event), "uri", None)
            assert change.before == states.get(uri)
            states[uri] = change.after if change.after is not None else states.get(uri)
    stored_one = _projection(file)
    assert [entry.event for entry in file.journal()] == [event for batch in batches for event in batch]
    assert {uri: state for uri, state in states.items() if state} == file.known([post(name).uri for name in NAMES])
    file.rebuild()
    assert _projection(file) == stored_one
    file._db.execute("INSERT INTO search(search) VALUES('integrity-check')")
    file.close()


def test_an_evening_is_there_after_a_restart(path):
    file = EventFile.open(path)
    changes = file.append([received(post()), approved(waiting())], cursor=Cursor("here", "5"), photos=[stored()])
    kept = _projection(file)
    file.close()
    for again in (EventFile.open(path), EventFile.open_recording(path)):
        assert _projection(again) == kept
        assert again.state(post().uri) == changes[-1].after == standing_approved()
        assert again.cursor("here") == Cursor("here", "5")
        assert again.photo(stored().photo.sha256) == stored().wall
        again.close()


def test_a_change_says_what_was_and_what_is(file):
    first, second = file.append([received(post()), Stashed(at=at(3), uri=post().uri, by="desk")])
    assert (first.before, first.after) == (None, waiting())
    assert second.before == waiting()
    assert second.after == fold(waiting(), second.event)
    (panic,) = file.append([PanicRaised(at=at(4), by="desk")])
    assert (panic.before, panic.after) == (None, None)


def test_an_event_about_an_unknown_post_is_journalled_and_nothing_else(file):
    file.append([Stashed(at=at(3), uri=post().uri, by="desk")])
    assert file.state(post().uri) is None
    assert len(file.journal()) == 1


def test_what_fails_leaves_nothing_behind(file):
    file.append([received(post(1))], cursor=Cursor("here", "1"))
    before = _projection(file), file.journal()
    pages = file._db.pragma("page_count")
    file._db.pragma("max_page_count", pages + 10)
    with pytest.raises(ArchiveError, match="full"):
        file.append(
            [received(post(2)), approved(waiting(1)), received(post(3, text="long " * 50_000))],
            cursor=Cursor("here", "2"),
            photos=[stored()],
        )
    assert (_projection(file), file.journal()) == before
    file._db.pragma("max_page_count", 1_000_000)
    file.append([received(post(2))], cursor=Cursor("here", "2"))
    assert [entry.seq for entry in file.journal()] == [1, 2]


def test_a_cursor_is_written_with_its_posts_or_not_at_all(file):
    file._db.execute("CREATE TEMP TRIGGER no BEFORE INSERT ON cursors BEGIN SELECT RAISE(FAIL, 'no cursor'); END")
    with pytest.raises(ArchiveError, match="no cursor"):
        file.append([received(post())], cursor=Cursor("here", "1"), photos=[stored()])
    assert file.journal() == []
    assert file.state(post().uri) is None
    assert not file.has_photo(stored().photo.sha256)
    assert file.cursor("here") is None
    assert file.search("hello", 9) == []


def test_a_cursor_moves_on_and_each_source_has_its_own(file):
    file.append([], cursor=Cursor("here", "1"))
    file.append([], cursor=Cursor("there", "x"))
    file.append([], cursor=Cursor("here", "2"))
    assert [file.cursor(source) for source in ("here", "there", "nowhere")] == [
        Cursor("here", "2"),
        Cursor("there", "x"),
        None,
    ]


def test_a_photo_is_kept_once(file):
    photo = stored()
    file.append([], photos=[photo, photo])
    file.append([], photos=[photo])
    assert file._rows("SELECT count(*) FROM photos") == [(1,)]
    assert file.photo(photo.photo.sha256) == photo.wall
    assert file.photo(photo.photo.sha256, thumbnail=True) == photo.thumbnail
    assert file.photo(stored(colour=(0, 0, 0)).photo.sha256) is None


def test_the_same_events_again_leave_the_same_post_and_index(file):
    file.append([received(post())])
    once = file.search("hello", 9)
    file.append([received(post())])
    assert [state.post for state in file.search("hello", 9)] == [state.post for state in once]
    assert file.counts()[Standing.PENDING] == 1


def test_what_was_deleted_can_be_found_in_no_projection(file):
    secret = post(text=DELETED, author=Author("@x@y", DELETED), attachments=(photo_of(URL, DELETED),))
    file.append([received(secret), received(post(2))])
    assert file.search(DELETED, 9)
    file.append([PostDeleted(at=at(5), uri=secret.uri)])
    assert file.search(DELETED, 9) == []
    assert file.state(secret.uri) == Tombstone(uri=secret.uri, deleted_at=at(5), revision=2)
    assert all(file.states(standing, limit=9) == [] for standing in set(Standing) - {Standing.PENDING})
    assert sum(file.counts().values()) == 1
    for table in TABLES:
        assert DELETED not in str(file._rows(table))


def test_a_deleted_post_cannot_come_back(file):
    file.append([PostDeleted(at=at(5), uri=post().uri), received(post()), approved(waiting())])
    assert isinstance(file.state(post().uri), Tombstone)
    assert file.search("hello", 9) == []
    file.rebuild()
    assert isinstance(file.state(post().uri), Tombstone)


def test_posts_stand_in_the_order_of_their_arrival_or_their_approval(file):
    file.append([received(post(name), seconds) for name, seconds in ((1, 30), (2, 10), (3, 20))])
    assert [state.uri for state in file.states(Standing.PENDING, limit=9)] == [post(name).uri for name in (2, 3, 1)]
    assert [state.uri for state in file.states(Standing.PENDING, limit=2, newest=True)] == [post(1).uri, post(3).uri]
    file.append([approved(waiting(name), 100 + after) for after, name in enumerate((3, 1, 2))])
    assert [state.uri for state in file.states(Standing.APPROVED, limit=9)] == [post(name).uri for name in (3, 1, 2)]
    assert file.counts() == dict.fromkeys(Standing, 0) | {Standing.APPROVED: 3}


@pytest.mark.parametrize(
    "words",
    [
        *("grüße", "GRÜ", "gru\u0308ße", "SSE hall", "ST", "ü", "Ü", "U\u0308"),
        *("漢字文", "漢", "字文", "ada", "@ada@", "a hall", 'say "x"', "%", "100%"),
    ],
)
def test_words_are_found_long_or_short_and_in_any_script(file, words):
    shown = post(1, text='Schöne Grüße, SSE! say "x" 100% best', attachments=(photo_of(URL, "漢字文 in the hall"),))
    file.append([received(shown), received(post(2, text="nothing", author=Author("@o@o", "O")))])
    assert [state.uri for state in file.search(words, 9)] == [shown.uri]


def test_every_word_must_be_there_and_the_newest_come_first(file):
    file.append([received(post(name, text=f"red {name}"), name) for name in NAMES])
    assert [state.uri for state in file.search("red", 2)] == [post(3).uri, post(2).uri]
    assert file.search("red blue", 9) == []
    assert file.search("", 9) == file.search("  ", 9) == []
    assert [state.uri for state in file.search("red 2", 9)] == [post(2).uri]


def test_an_edit_is_found_by_its_new_words_only(file):
    file.append([received(post(text="before")), PostEdited(at=at(2), post=post(text="after"), sighting=MET)])
    assert file.search("before", 9) == []
    assert len(file.search("after", 9)) == 1


@IN_ONE_FOLDER
@given(words=st.text(), text=st.text(st.characters(exclude_categories=["Cs"])))
def test_no_search_fails(file, words, text):
    file.append([received(post(text=text))])
    assert all(isinstance(state, PostState) for state in file.search(words, 5))


def test_the_journal_is_read_in_pages(file):
    file.append([received(post(name)) for name in range(7)])
    whole = file.journal()
    assert [entry.seq for entry in whole] == list(range(1, 8))
    assert file.journal(after=2, limit=3) == whole[2:5]
    assert file.journal(after=7) == []
    assert file.last() == whole[-1]


def test_an_empty_journal_has_no_last_line_and_no_description(file):
    assert file.last() is None
    assert file.described() is None


def test_the_newest_description_counts(file):
    described = [EventDescribed(at=at(second), name=f"Tweetup {second}") for second in (1, 2)]
    file.append([described[0], received(post()), described[1], *OTHERS])
    assert file.described() == described[1]
    assert file.last() == Entry(5, OTHERS[1])


@pytest.mark.parametrize("line", ["no event", '{"event":"abduction"}', '{"event":"event-described","at":1}'])
def test_a_line_that_cannot_be_read_is_an_error_with_a_sentence(file, path, line):
    file.append([received(post())])
    file._db.execute("UPDATE journal SET uri = NULL, event = ?", (line,))
    for reading in (file.journal, file.last, file.rebuild):
        with pytest.raises(ArchiveError, match="cannot be read"):
            reading()
    assert file.state(post().uri) == waiting()  # the failed rebuild took nothing away
    file._db.execute("UPDATE posts SET state = '{'")
    with pytest.raises(ArchiveError, match=path.name):
        file.state(post().uri)


@pytest.mark.parametrize(
    "use",
    [
        lambda file: file.append([received(post())]),
        lambda file: file.state(post().uri),
        lambda file: file.journal(),
        lambda file: file.search("hello", 9),
        lambda file: file.rebuild(),
        lambda file: file.close(),
    ],
    ids=["append", "state", "journal", "search", "rebuild", "close"],
)
def test_another_thread_is_refused(file, use):
    met = []

    def elsewhere() -> None:
        try:
            use(file)
        except AssertionError as error:
            met.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert met == ["an event file is used on the thread that opened it"]
    assert file.journal() == []


def test_a_recording_takes_no_events(path):
    EventFile.open(path).close()
    recording = EventFile.open_recording(path)
    with pytest.raises(ArchiveError):
        recording.append([received(post())])
    recording.close()


def test_the_library_is_named():
    assert sqlite_version() == apsw.sqlite_lib_version()
