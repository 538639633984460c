"""The Mastodon source against the real server snac2: what people write there arrives, changes and goes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from servers.reading import poll, with_source
from servers.snac import Snac

from kiosk.domain.errors import SourceError
from kiosk.domain.model import Kind

if TYPE_CHECKING:
    from kiosk.domain.model import Post

pytestmark = pytest.mark.skipif(not shutil.which("snac"), reason="needs the snac server")


@pytest.fixture(scope="module")
def snac(tmp_path_factory):
    with Snac(tmp_path_factory.mktemp("server") / "snac") as running:
        yield running


def posts(snac: Snac, **options: Any) -> dict[str, Post]:
    return {item.local_id: item.post for item in poll(snac, **options).found}


def test_a_post_with_a_picture_and_its_description_arrives(snac, tmp_path):
    photo = tmp_path / "tea.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    note = snac.photo("Tea at five #hall", photo, "A teapot in the sun")
    read = posts(snac)[note.id]
    assert (read.uri, read.tags) == (note.uri, ("hall",))
    assert "Tea at five" in read.text
    (picture,) = read.attachments
    assert (picture.kind, picture.alt) == (Kind.PHOTO, "A teapot in the sun")


def test_an_edit_and_a_deletion_are_followed(snac):
    note = snac.note("Doors open at six #hall")
    other = snac.note("Doors close at ten #hall")
    before = poll(snac)
    snac.edit(note, "Doors open at seven #hall")
    snac.delete(other)
    asked = {note.id: note.uri, other.id: other.uri}
    answer = with_source(snac.url, lambda source: source.recheck(asked), token=snac.token())
    assert [item.post.text for item in answer.found] == ["Doors open at seven #hall"]
    assert answer.found[0].post.edited_at is not None
    assert (answer.gone, answer.bad) == ((other.id,), ())
    again = {item.post.uri: item.post for item in poll(snac, before.cursor).found}
    assert again[note.uri].text == "Doors open at seven #hall", "an edit comes with the newest page too"
    assert other.uri not in again


def test_a_deletion_is_followed_without_a_token_too(snac):
    """snac shows single posts to members only, and to other servers."""
    note = snac.note("Coffee at three #hall")
    other = snac.note("Tea at three #hall")
    snac.delete(other)
    answer = with_source(snac.url, lambda source: source.recheck({note.id: note.uri, other.id: other.uri}))
    assert (answer.found, answer.gone, answer.bad) == ((), (other.id,), ())


def test_a_poll_and_a_warning_arrive(snac):
    note = snac.poll("Which track? #hall", "Blue", "Green")
    assert posts(snac)[note.id].poll == ("Blue", "Green")
    note = snac.post("Eight legs #hall", spoiler_text="Spiders", sensitive=True)
    read = posts(snac)[note.id]
    assert (read.warning, read.sensitive) == ("Spiders", True)


def test_an_accounts_posts_arrive_without_a_tag(snac):
    note = snac.post("Good morning, everybody")
    assert note.id in posts(snac, tags=(), accounts=("@ada",))
    assert note.id not in posts(snac)


def test_tags_of_the_table_are_repeated_here(snac):
    one = snac.note("Talk at nine #hall #day1")
    two = snac.note("Talk at ten #hall #day1 #nowall")
    read = posts(snac, all=("day1",), none=("nowall",))
    assert one.id in read
    assert two.id not in read


def test_a_backlog_of_pages_is_read_back_without_a_gap(snac):
    snac.note("The first of many #crowd")
    first = poll(snac, tags=("crowd",))
    written = {snac.post(f"Number {number} #crowd").uri for number in range(95)}
    batch = poll(snac, first.cursor, tags=("crowd",))
    assert {item.post.uri for item in batch.found} >= written
    assert (batch.gap, batch.more) == ("", False)


def test_a_server_that_promises_a_stream_and_has_none_is_read_by_polling(snac):
    """snac 2.75 names `urls.streaming_api` and answers 404 there."""

    async def scenario(source):
        with pytest.raises(SourceError):
            await anext(source.stream(None))
        return await source.poll(None)

    assert with_source(snac.url, scenario, token=snac.token()).found
