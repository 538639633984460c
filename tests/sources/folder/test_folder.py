from __future__ import annotations

import asyncio
import os
import shutil
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from servers.drop import means, photo, put

from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError, Misconfigured, Refused, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.folder import folder as folder_module
from kiosk.sources.folder import reading as folder_reading
from kiosk.sources.folder.folder import Folder, FolderTable
from kiosk.sources.source import Batch, Picturing, Recheck, picture_reference

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Scene:
    """A watched folder; time passes when it is told to, and a crash forgets what was not committed."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.root = root
        self.photos = root / "photos"
        self.photos.mkdir(exist_ok=True)
        self.options = options
        self.cursor: Cursor | None = None
        self.later = 0.0
        self.start()

    def start(self) -> None:
        self.source = Folder(FolderTable(kind="folder", folder="photos", **self.options), means(self.root))
        self.source._reader.now = lambda: time.monotonic() + self.later

    def poll(self) -> Batch:
        batch = asyncio.run(self.source.poll(self.cursor))
        self.cursor = batch.cursor or self.cursor
        return batch

    def wait(self, seconds: float = 5.0) -> Batch:
        self.later += seconds
        return self.poll()

    def recheck(self, *shas: str) -> Recheck:
        return asyncio.run(self.source.recheck({sha: PostUri(f"photo:sha256:{sha}") for sha in shas}))

    def ask(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(coroutine)


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch):
    monkeypatch.setattr(folder_module, "GRACE", 0.05)


def ids(batch: Batch) -> list[str]:
    return [item.local_id for item in batch.found]


def test_a_photo_that_stands_there_is_a_post(scene):
    sha = put(scene.photos / "IMG_1.JPG", photo(1), age=3600)
    batch = scene.poll()
    (found,) = batch.found
    post = found.post
    assert (post.uri, found.local_id) == (f"photo:sha256:{sha}", sha)
    assert (post.author.name, post.author.handle, post.text) == ("Photographer", "@photographer", "")
    assert abs(post.created_at.timestamp() - (time.time() - 3600)) < 5
    (picture,) = post.attachments
    assert picture_reference(picture.url) == (scene.source.name, sha)
    assert isinstance(scene.source, Picturing)
    assert scene.ask(scene.source.picture(sha)) == photo(1)
    assert (batch.bad, batch.more, batch.gone, batch.note) == ((), False, (), "")


def test_nothing_new_says_nothing_and_writes_no_cursor(scene):
    put(scene.photos / "a.jpg", photo(1))
    assert len(scene.poll().found) == 1
    assert scene.poll() == Batch()
    scene.start()
    assert scene.poll().found == ()


def test_a_read_that_was_not_committed_is_read_again(scene):
    put(scene.photos / "a.jpg", photo(1))
    first = asyncio.run(scene.source.poll(None))
    again = asyncio.run(scene.source.poll(None))
    assert ids(first) == ids(again) != []
    assert again.cursor == first.cursor


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"in": [1, 2], "files": [["a", 1, 2, "xx", ""]]}'])
def test_a_foreign_cursor_counts_as_none(scene, value):
    put(scene.photos / "a.jpg", photo(1))
    assert len(asyncio.run(scene.source.poll(Cursor(scene.source.name, value))).found) == 1


def test_a_photo_that_is_being_written_waits_until_two_looks_agree(scene):
    path = scene.photos / "slow.jpg"
    whole = photo(1)
    put(path, whole[:100], age=0)
    assert scene.poll().found == ()
    put(path, whole[:200], age=0)
    assert scene.wait().found == ()
    put(path, whole, age=0)
    assert scene.wait().found == ()
    assert scene.wait(2).found == (), "two looks that are too near to one another"
    assert len(scene.wait(3).found) == 1


def test_an_upload_that_stalls_is_not_taken_for_a_photo_until_patience_ends(scene):
    put(scene.photos / "torn.jpg", photo(1)[:-10], age=30)
    assert scene.poll().found == ()
    assert scene.wait(20).found == ()
    put(scene.photos / "torn.jpg", photo(1), age=30)
    assert len(scene.wait().found) == 1
    put(scene.photos / "odd.jpg", photo(2)[:-10], age=61)
    assert len(scene.wait().found) == 1, "a photo that never gets its end is left to the decoder"


def test_a_rename_at_the_end_of_an_upload_is_seen_at_once(scene):
    put(scene.photos / "a.jpg.part", photo(1), age=6)
    assert scene.poll().found == ()
    (scene.photos / "a.jpg.part").rename(scene.photos / "a.jpg")
    assert len(scene.poll().found) == 1


def test_a_renamed_photo_is_the_same_post(scene):
    sha = put(scene.photos / "a.jpg", photo(1), age=2)
    scene.poll()
    assert ids(scene.wait()) == [sha]
    (scene.photos / "day 1").mkdir()
    (scene.photos / "a.jpg").rename(scene.photos / "day 1" / "b.jpg")
    for _ in range(4):
        batch = scene.wait()
        assert (batch.found, batch.gone, batch.bad) == ((), (), ())
    assert scene.ask(scene.source.picture(sha)) == photo(1)
    assert [item.local_id for item in scene.recheck(sha).found] == [sha]


def test_equal_bytes_are_one_post_until_the_last_of_them_goes(scene):
    sha = put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "copies" / "a.jpg", photo(1))
    assert ids(scene.poll()) == [sha]
    (scene.photos / "a.jpg").unlink()
    assert scene.wait() == Batch(cursor=scene.cursor)
    assert scene.wait(9) == Batch()
    assert scene.ask(scene.source.picture(sha)) == photo(1)
    (scene.photos / "copies" / "a.jpg").unlink()
    assert scene.poll().gone == ()
    assert scene.wait().gone == (sha,)
    assert scene.wait().gone == ()


def test_a_photo_that_is_changed_in_place_is_a_new_post_and_the_old_one_is_gone(scene):
    old = put(scene.photos / "a.jpg", photo(1), age=100)
    scene.poll()
    new = put(scene.photos / "a.jpg", photo(2), age=1)
    waiting = scene.poll()
    assert (ids(waiting), waiting.gone) == ([], ()), "it may still be written"
    batch = scene.wait()
    assert (ids(batch), batch.gone) == ([new], (old,))
    with pytest.raises(Refused):
        scene.ask(scene.source.picture(old))


def test_a_photo_that_is_only_touched_stays_as_it_is(scene):
    put(scene.photos / "a.jpg", photo(1), age=100)
    scene.poll()
    put(scene.photos / "a.jpg", photo(1), age=50)
    batch = scene.poll()
    assert (batch.found, batch.gone) == ((), ())


def test_words_come_from_beside_the_photo_and_their_change_is_an_edit(scene):
    sha = put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "a.txt", "First words\n")
    assert scene.poll().found[0].post.text == "First words"
    put(scene.photos / "a.txt", "Other words", age=1)
    assert scene.poll().found == (), "it may still be written"
    (edited,) = scene.wait().found
    assert (edited.local_id, edited.post.text) == (sha, "Other words")
    (scene.photos / "a.txt").unlink()
    assert scene.wait().found[0].post.text == ""


def test_words_that_arrive_later_edit_the_post(scene):
    put(scene.photos / "a.jpg", photo(1))
    assert scene.poll().found[0].post.text == ""
    put(
        scene.photos / "a.JSON",
        '{"text": "Hello", "author": "Ada", "handle": "@ada@example.social", "alt": "A robot", "credit": "dpa", '
        '"tags": ["#hall"]}',
    )
    post = scene.poll().found[0].post
    assert (post.text, post.author.name, post.author.handle) == ("Hello\ndpa", "Ada", "@ada@example.social")
    assert (post.attachments[0].alt, post.tags) == ("A robot", ("hall",))


def test_words_that_cannot_be_read_are_said_and_the_photo_comes_without(scene):
    put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "a.json", '{"text": 5}')
    batch = scene.poll()
    assert len(batch.found) == 1
    assert batch.bad[0].startswith("The words beside a.jpg in folder photos cannot be read: ")
    assert scene.wait().bad == ()


def test_a_photo_waits_for_words_that_are_being_written(scene):
    put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "a.json", '{"te', age=0)
    assert scene.poll() == Batch(cursor=scene.cursor)
    put(scene.photos / "a.json", '{"text": "Hi"}', age=0)
    assert scene.wait().found == ()
    assert scene.wait().found[0].post.text == "Hi"


def test_what_a_photo_says_of_itself_stands_between_its_words_and_the_table(tmp_path):
    async def caption(_: bytes) -> Caption:
        return Caption("Zoë", "The hall", "dpa", "2026-11-24T19:00:00+01:00")

    (tmp_path / "photos").mkdir()
    put(tmp_path / "photos" / "a.jpg", photo(1))
    table = FolderTable(kind="folder", folder="photos", author="House", credit="House", text="Words")
    (found,) = asyncio.run(Folder(table, means(tmp_path, caption)).poll(None)).found
    assert (found.post.author.name, found.post.text) == ("Zoë", "The hall\ndpa")
    assert found.post.created_at.isoformat() == "2026-11-24T18:00:00+00:00"
    (plain,) = asyncio.run(Folder(table, means(tmp_path)).poll(None)).found
    assert (plain.post.author.name, plain.post.author.handle, plain.post.text) == ("House", "@house", "Words")


def test_what_is_no_photo_is_said_once_and_tried_a_few_times(scene):
    put(scene.photos / "a.jpg", b"<svg/>")
    put(scene.photos / "b.jpg", photo(1))
    batch = scene.poll()
    assert len(batch.found) == 1
    assert batch.bad == (
        "a.jpg in folder photos cannot be shown: The picture is neither JPEG, PNG, WebP, GIF, AVIF nor HEIF.",
    )
    for _ in range(5):
        assert scene.wait() == Batch()
    put(scene.photos / "a.jpg", photo(2), age=10)
    assert len(scene.wait().found) == 1


def test_a_decoder_that_was_in_trouble_gets_the_photo_again(scene):
    troubles = [MediaError("The decoder does not start; see the log.")] * 2

    async def caption(_: bytes) -> Caption:
        if troubles:
            raise troubles.pop()
        return Caption()

    scene.source._reader._describe = caption
    put(scene.photos / "a.jpg", photo(1))
    assert [len(scene.poll().found) for _ in range(3)] == [0, 0, 1]


def test_a_photo_that_is_too_large_is_said_and_not_held_in_memory(scene):
    put(scene.photos / "huge.jpg", b"")
    os.truncate(scene.photos / "huge.jpg", 2_000_000_000)
    os.utime(scene.photos / "huge.jpg", (1e9, 1e9))
    tracemalloc.start()
    batch = scene.poll()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert batch.bad == ("huge.jpg in folder photos has more than 15 MB",)
    assert peak < 40_000_000


def test_a_photo_that_is_deleted_is_gone_after_a_second_look(scene):
    shas = [put(scene.photos / f"{number}.jpg", photo(number)) for number in range(3)]
    assert len(scene.poll().found) == 3
    (scene.photos / "1.jpg").unlink()
    assert scene.wait().gone == ()
    assert scene.wait().gone == (shas[1],)
    assert scene.wait() == Batch()
    assert scene.recheck(*shas).gone == (shas[1],)


def test_a_photo_that_vanishes_between_listing_and_reading_is_no_fault(scene, monkeypatch):
    put(scene.photos / "a.jpg", photo(1))
    read = folder_reading.read_photo

    def late(folder: Path, path: str) -> tuple[bytes, str]:
        (folder / path).unlink()
        return read(folder, path)

    monkeypatch.setattr(folder_reading, "read_photo", late)
    batch = scene.poll()
    assert (batch.found, batch.bad) == ((), ())


def test_many_that_vanish_at_once_are_believed_only_half_a_minute_later(scene):
    shas = [put(scene.photos / f"{number}.jpg", photo(number)) for number in range(10)]
    scene.poll()
    for number in range(9):
        (scene.photos / f"{number}.jpg").unlink()
    for _ in range(6):
        batch = scene.wait()
        assert batch.gone == ()
        assert batch.note == "folder photos lacks 9 of 10 photos at once; that is believed if it stays so."
    assert sorted(scene.wait().gone) == sorted(shas[:9])


def test_many_that_come_back_were_never_away(scene):
    for number in range(10):
        put(scene.photos / f"{number}.jpg", photo(number))
    scene.poll()
    scene.photos.rename(scene.root / "away")
    scene.photos.mkdir()
    shutil.move(scene.root / "away" / "0.jpg", scene.photos)
    for _ in range(20):
        assert scene.wait().gone == ()
    scene.photos.joinpath("0.jpg").rename(scene.root / "away" / "0.jpg")
    scene.photos.rmdir()
    (scene.root / "away").rename(scene.photos)
    batch = scene.wait()
    assert (batch.found, batch.gone, batch.note) == ((), (), "")


def test_a_share_that_is_not_mounted_never_deletes_anything(scene):
    shas = [put(scene.photos / f"{number}.jpg", photo(number)) for number in range(2)]
    scene.poll()
    scene.photos.rename(scene.root / "away")
    with pytest.raises(Unavailable, match="share that holds it"):
        scene.poll()
    with pytest.raises(Unavailable):
        scene.recheck(*shas)
    scene.photos.mkdir()  # the empty folder on which it is mounted
    for _ in range(100):
        batch = scene.wait(60)
        assert batch.gone == ()
        assert "is another folder than before and lacks 2 of 2 photos" in batch.note
        if scene.later == 3000:
            scene.start()  # nor does a restart forget
    assert scene.recheck(*shas).gone == ()
    scene.photos.rmdir()
    (scene.root / "away").rename(scene.photos)
    assert (scene.wait().note, scene.recheck(*shas).gone) == ("", ())


def test_a_folder_that_never_was_there_is_the_organisers_to_make(tmp_path):
    source = Folder(FolderTable(kind="folder", folder="nowhere"), means(tmp_path))
    with pytest.raises(Misconfigured, match="make the folder"):
        asyncio.run(source.poll(None))


@pytest.fixture
def nobody():
    """Somebody who is not root, for whom permissions count, and a folder of theirs."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)


def test_what_may_not_be_read_is_said_and_deletes_nothing(nobody):
    scene = Scene(nobody)
    shas = [put(scene.photos / "in" / name, photo(number)) for number, name in enumerate(("a.jpg", "b.jpg"))]
    put(scene.photos / "c.jpg", photo(3))
    (scene.photos / "c.jpg").chmod(0)
    batch = scene.poll()
    assert sorted(ids(batch)) == sorted(shas)
    assert batch.bad == ("c.jpg in folder photos cannot be read: Permission denied",)
    (scene.photos / "in").chmod(0)
    (scene.photos / "c.jpg").chmod(0o644)
    for _ in range(3):
        batch = scene.wait(60)
        assert (batch.gone, batch.bad) == ((), ())
    scene.photos.chmod(0)
    with pytest.raises(Unavailable, match="Permission denied"):
        scene.poll()
    scene.photos.chmod(0o755)
    (scene.photos / "in").chmod(0o755)
    assert scene.wait(60) == Batch()


def test_a_recheck_tells_of_each_photo_it_was_asked_about(scene):
    shas = [put(scene.photos / f"{number}.jpg", photo(number)) for number in range(4)]
    put(scene.photos / "3.txt", "Words")
    scene.poll()
    (scene.photos / "1.jpg").unlink()
    answer = scene.recheck(*shas[1:], "0" * 64)
    assert {item.local_id for item in answer.found} == {shas[2], shas[3]}
    assert {item.local_id: item.post.text for item in answer.found}[shas[3]] == "Words"
    assert answer.gone == ()
    scene.later += 5
    assert set(scene.recheck(*shas[1:], "0" * 64).gone) == {shas[1], "0" * 64}


def test_a_recheck_right_after_a_start_looks_itself_and_believes_no_empty_folder(scene):
    shas = [put(scene.photos / f"{number}.jpg", photo(number)) for number in range(3)]
    answer = scene.recheck(*shas)
    assert {item.local_id for item in answer.found} == set(shas)
    for path in scene.photos.iterdir():
        path.unlink()
    scene.start()
    assert scene.recheck(*shas) == Recheck(bad=("folder photos is empty; that says nothing about its 3 posts.",))
    assert scene.recheck() == Recheck()


def test_a_subfolder_is_left_alone_where_the_table_says_so(tmp_path):
    scene = Scene(tmp_path)
    put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "in" / "b.jpg", photo(2))
    assert len(scene.poll().found) == 2
    scene.options = {"subfolders": False}
    scene.start()
    for _ in range(10):
        batch = scene.wait(60)
        assert (batch.found, batch.gone) == ((), ()), "what is not looked at is not deleted"


def test_an_address_reaches_nothing_but_photos_that_are_known(scene):
    put(scene.root / "secret.jpg", photo(9))
    with pytest.raises(Unavailable):
        scene.ask(scene.source.picture("0" * 64))
    put(scene.photos / "a.jpg", photo(1))
    scene.poll()
    for reference in ("../secret.jpg", "a.jpg", "/etc/passwd", "", "\0", "0" * 64):
        with pytest.raises(Refused):
            scene.ask(scene.source.picture(reference))


def test_a_photo_that_became_a_link_out_of_the_folder_is_not_followed(scene):
    secret = put(scene.root / "secret.jpg", photo(9))
    sha = put(scene.photos / "a.jpg", photo(1))
    put(scene.photos / "in" / "b.jpg", photo(2))
    scene.poll()
    (scene.photos / "a.jpg").unlink()
    (scene.photos / "a.jpg").symlink_to(scene.root / "secret.jpg")
    with pytest.raises(Unavailable):
        scene.ask(scene.source.picture(sha))
    shutil.rmtree(scene.photos / "in")
    (scene.photos / "in").symlink_to(scene.root)
    for _ in range(3):
        assert secret not in ids(scene.wait())


def test_a_cursor_that_was_forged_leads_nowhere(scene):
    put(scene.root / "secret.jpg", photo(1))
    sha = put(scene.photos / "a.jpg", photo(1))
    scene.poll()
    forged = scene.cursor.value.replace('"a.jpg"', '"../secret.jpg"')
    assert forged != scene.cursor.value
    (scene.photos / "a.jpg").unlink()
    asyncio.run(scene.source.poll(Cursor(scene.source.name, forged)))
    assert "../secret.jpg" in scene.source._known.files
    with pytest.raises(Unavailable):
        scene.ask(scene.source.picture(sha))


HOSTILE = [
    b"new\nline.jpg",
    b"latin-1 \xe9\xff.jpg",
    "emoji \U0001f4f8.jpg".encode(),
    b"x" * 251 + b".jpg",
    b"a'b\"c\\d`e$f;g&h|i<j>k.jpg",
    b"%2e%2e%2fetc.jpg",
    b"\x01\x1b[2J\x7f.jpg",
    "\u202egpj.exe.jpg".encode(),
    b"C:\\..\\x.jpg",
    b" .jpg",
    b"-rf.jpg",
]


def test_hostile_names_are_names(scene):
    root = os.fsencode(scene.photos)
    shas = {put(Path(os.fsdecode(root + b"/" + name)), photo(number)): name for number, name in enumerate(HOSTILE)}
    batch = scene.poll()
    assert {item.local_id for item in batch.found} == set(shas)
    assert batch.bad == ()
    scene.start()
    assert scene.poll() == Batch(), "the cursor keeps every one of them"
    for sha in shas:
        assert scene.ask(scene.source.picture(sha))
    for name in HOSTILE[:2]:
        Path(os.fsdecode(root + b"/" + name)).unlink()
    put(Path(os.fsdecode(root + b"/bad \n\xff.jpg")), b"none")
    assert scene.wait().bad[0].startswith("bad .jpg in folder photos cannot be shown")
    assert len(scene.wait().gone) == 2


def test_ten_thousand_photos_are_looked_through_in_a_moment(scene):
    for number in range(10_000):
        path = scene.photos / f"{number % 20}" / f"IMG_{number:05d}_with_a_long_name.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(photo(number))
        os.utime(path, (1.7e9 + number, 1.7e9 + number))
    met: set[str] = set()
    more = True
    while more:
        batch = scene.poll()
        met |= set(ids(batch))
        assert len(batch.found) <= 200
        more = batch.more
    assert len(met) == 10_000
    assert len(scene.cursor.value) < 1_300_000
    tracemalloc.start()
    assert scene.poll() == Batch()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000
    started = time.perf_counter()
    assert scene.poll() == Batch()
    assert time.perf_counter() - started < 1.0
    scene.start()
    started = time.perf_counter()
    assert scene.poll() == Batch(), "nor is anything new after a start"
    assert time.perf_counter() - started < 1.0


def test_a_poll_that_is_cancelled_can_be_asked_again(scene):
    put(scene.photos / "a.jpg", photo(1))

    async def caption(_: bytes) -> Caption:
        await asyncio.sleep(20)
        return Caption()

    async def scenario() -> Batch:
        scene.source._reader._describe, real = caption, scene.source._reader._describe
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await scene.source.poll(None)
        scene.source._reader._describe = real
        return await scene.source.poll(None)

    assert len(scene.ask(scenario()).found) == 1


def test_the_table_says_what_is_wrong_with_it():
    assert [fault.key for fault in FolderTable(kind="folder").faults()] == ["folder"]
    assert list(FolderTable(kind="folder", folder="photos").faults()) == []
    assert FolderTable(kind="folder").interval == 5.0
    assert not FolderTable.needs_hashtags
