from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from means import means
from recordings import SHARED, bodies, needs_recordings
from servers.streaming import TOKEN, StreamServer
from servers.tag_server import TagServer, real_client

from kiosk.domain.errors import Portal, Refused, Unavailable
from kiosk.media import channel
from kiosk.sources.hashtags import tag_set
from kiosk.sources.mastodon import stream as mastodon_stream
from kiosk.sources.mastodon.mastodon import Mastodon, MastodonTable
from kiosk.sources.mastodon.stream import STUMBLES, Event, batch_of
from kiosk.sources.source import Batch, Streaming

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HALL = ("hashtag", "hall")
DEAD = "ws://127.0.0.1:9"


@pytest.fixture
def streams(server):
    with StreamServer() as running:
        server.instance = {"domain": "127.0.0.1", "configuration": {"urls": {"streaming": running.url}}}
        yield running


def on(
    server: TagServer,
    scenario: Callable[[Mastodon], Awaitable[Any]],
    *,
    token: str = TOKEN,
    tags: tuple[str, ...] = ("#Hall",),
    **options: Any,
) -> Any:
    async def whole() -> Any:
        async with asyncio.timeout(20), aclosing(real_client()) as client:
            table = MastodonTable(server=server.url, allow_private_addresses=True, **options)
            return await scenario(Mastodon(table, means(client, tags, token)))

    return asyncio.run(whole())


async def heard(streams: StreamServer, *channels: tuple[str, str]) -> None:
    """Wait until the server has understood what it is to stream."""
    while not streams.heard >= set(channels):  # it lives in another thread
        await asyncio.sleep(0.005)


async def told(streams: StreamServer, source: Mastodon, *said: tuple[str, Any]) -> list[Batch]:
    """The batches that come of what a server says to a stream that stands."""
    batches: list[Batch] = []
    async with aclosing(source.stream(None)) as stream:
        assert await anext(stream) == Batch(), "the first batch says that the connection stands"
        await heard(streams, HALL)
        for event, payload in said:
            streams.tell(event, payload, HALL)
        if not said:
            return []
        async for batch in stream:
            batches.append(batch)
            if len(batches) == len(said):
                return batches
    raise AssertionError(f"the stream ended early: {batches}")


BOTH = pytest.mark.parametrize("websockets", [True, False], ids=["websocket", "server-sent events"])


def test_a_mastodon_source_streams():
    assert isinstance(Mastodon(MastodonTable(server="https://a.example"), means(real_client())), Streaming)


@BOTH
def test_posts_edits_and_deletions_come_as_they_happen(server, streams, websockets):
    streams.websockets = websockets
    server.add(1)
    edited = server.add(2, "Edited #hall", edited_at="2026-11-23T19:00:00.000Z")
    said = (("update", server.statuses[1]), ("status.update", edited), ("delete", "1"))
    new, again, gone = on(server, lambda source: told(streams, source, *said))
    assert [item.post.uri for item in new.found] == [server.statuses[1]["uri"]]
    assert new.found[0].local_id == "1"
    assert again.found[0].post.text == "Edited #hall"
    assert again.found[0].post.edited_at is not None
    assert gone == Batch(gone=("1",))


@BOTH
def test_the_token_goes_in_a_header_and_never_in_an_address(server, streams, websockets):
    streams.websockets = websockets
    on(server, lambda source: told(streams, source))
    path, headers = streams.requests[-1]
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert not any(TOKEN in path for path, _ in streams.requests)
    assert ("hashtag?tag=Hall" in path) or ("stream=hashtag&tag=Hall" in path)


@BOTH
def test_all_tags_and_lists_share_a_stream_and_a_lists_posts_need_no_tag(server, streams, websockets):
    streams.websockets = websockets
    untagged = server.add(1, "Good morning", tags=[])

    async def scenario(source: Mastodon) -> list[Batch]:
        batches = []
        async with aclosing(source.stream(None)) as stream:
            await anext(stream)
            await heard(streams, HALL, ("hashtag", "stage"), ("list", "7"))
            for which in (HALL, ("list", "7")):
                streams.tell("update", untagged, which)
                batches.append(await anext(stream))
        return batches

    tagged, listed = on(server, scenario, tags=("#Hall", "stage"), lists=("7",))
    assert tagged.found == ()
    assert len(listed.found) == 1
    assert len(streams.requests) == (1 if websockets else 4)


def test_what_a_stream_says_of_other_things_is_left_out(server, streams):
    server.add(1)
    said = (
        ("notification", {"id": "1"}),
        ("filters_changed", ""),
        ("update", server.statuses[1] | {"visibility": "private"}),
        ("update", server.statuses[1] | {"reblog": server.statuses[1]}),
        ("update", server.add(2, "no tag", tags=[])),
        ("update", server.add(3, "#hall #nowall")),
        ("update", "{"),
        ("update", server.statuses[1]),
    )
    *others, last = on(server, lambda source: told(streams, source, *said), none=("nowall",))
    assert [batch.found for batch in others] == [()] * 7
    assert [len(batch.bad) for batch in others] == [0] * 6 + [1]
    assert len(last.found) == 1


def test_without_a_token_polling_goes_on_and_nobody_is_asked(server, streams):
    with pytest.raises(Refused, match=r"posts are read by polling.*kiosk login mastodon"):
        on(server, lambda source: told(streams, source), token="")
    assert (server.requests, server.introductions, streams.requests) == ([], [], [])


@pytest.mark.parametrize("urls", [{}, {"streaming": ""}, {"streaming": None}, {"streaming": "ftp://x"}])
def test_a_server_that_names_no_stream_is_polled(server, streams, urls):
    server.instance = {"configuration": {"urls": urls}}
    with pytest.raises(Refused, match="does not stream"):
        on(server, lambda source: told(streams, source))


def test_an_older_server_names_its_stream_in_its_older_document(server, streams):
    server.instance, server.old_instance = None, {"uri": "x", "urls": {"streaming_api": streams.url}}
    server.add(1)
    assert on(server, lambda source: told(streams, source, ("update", server.statuses[1])))[0].found


def test_accounts_alone_are_polled(server, streams):
    with pytest.raises(Refused, match="no single accounts"):
        on(server, lambda source: told(streams, source), tags=(), accounts=("ada",))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_stream_that_is_refused_is_tried_both_ways_and_said(server, streams, status):
    streams.status = status
    with pytest.raises(Refused, match="does not stream to us"):
        on(server, lambda source: told(streams, source))
    assert len(streams.requests) == 2


def test_a_token_that_the_stream_does_not_know_is_refused(server, streams):
    with pytest.raises(Refused, match="status 401"):
        on(server, lambda source: told(streams, source), token="another")  # noqa: S106  # none


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_stream_in_trouble_is_tried_later(server, streams, status):
    streams.status = status

    async def scenario(source: Mastodon) -> None:
        for _ in range(STUMBLES + 1):
            with pytest.raises(Unavailable):
                await told(streams, source)
        streams.status = 0
        await told(streams, source)

    on(server, scenario)


def test_a_log_in_page_in_a_streams_place_is_called_by_its_name(server, streams):
    streams.page = True
    with pytest.raises(Portal):
        on(server, lambda source: told(streams, source))


def test_a_subscription_that_fails_is_refused_with_the_servers_words(server, streams):
    async def scenario(source: Mastodon) -> None:
        async with aclosing(source.stream(None)) as stream:
            await anext(stream)
            streams.complain("Not authorized to stream this list", 401)
            await anext(stream)

    with pytest.raises(Refused, match="Not authorized to stream this list"):
        on(server, scenario)


@BOTH
def test_a_stream_that_is_cut_is_unavailable_and_stands_again_at_the_next_call(server, streams, websockets):
    streams.websockets = websockets
    server.add(1)

    async def scenario(source: Mastodon) -> None:
        async with aclosing(source.stream(None)) as stream:
            await anext(stream)
            await heard(streams, HALL)
            streams.cut()
            with pytest.raises(Unavailable):
                await anext(stream)
        asked = len(streams.requests)
        assert len(await told(streams, source, ("update", server.statuses[1]))) == 1
        assert len(streams.requests) == asked + 1, "the way that worked is tried first"

    on(server, scenario)


def test_heartbeats_keep_a_quiet_stream_and_their_absence_ends_it(server, streams, monkeypatch):
    monkeypatch.setattr(mastodon_stream, "HEARTBEAT", 0.3)
    streams.websockets = False

    async def scenario(source: Mastodon) -> None:
        async with aclosing(source.stream(None)) as stream:
            await anext(stream)
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0.8)
            assert not waiting.done(), "heartbeats are life"
            streams.thump = 0
            with pytest.raises(Unavailable, match="silent"):
                await waiting

    on(server, scenario)


def test_a_websocket_whose_pongs_stay_away_is_dead_however_quiet_its_tag(server, streams, monkeypatch):
    monkeypatch.setattr(channel, "PING", 0.1)
    monkeypatch.setattr(channel, "PONG", 0.3)

    async def scenario(source: Mastodon) -> None:
        async with aclosing(source.stream(None)) as stream:
            await anext(stream)
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(2)
            assert not waiting.done(), "pongs are life"
            streams.deaf = True
            with pytest.raises(Unavailable, match="silent"):
                await waiting

    on(server, scenario)


@BOTH
def test_a_stream_can_be_left_at_any_moment(server, streams, websockets):
    streams.websockets = websockets

    async def scenario(source: Mastodon) -> None:
        async def listen(seconds: float) -> None:
            async with asyncio.timeout(seconds), aclosing(source.stream(None)) as stream:
                async for _ in stream:
                    pass

        for seconds in (0, 0.001, 0.005, 0.02, 0.1):
            with pytest.raises(TimeoutError):
                await listen(seconds)
        await told(streams, source)
        assert len(asyncio.all_tasks()) <= 3, "no listener is left behind"

    on(server, scenario)


@needs_recordings
def test_recorded_stream_frames_are_understood(server):
    """Lines that mastodon.social streamed, put into the frames of its WebSocket."""
    lines = (SHARED / "mastodon" / "testdata" / "mastodonsocial.json").read_text("utf-8").split("\n")
    read = [batch_of(Event("update", line, invited=True), "example.social", tag_set(["x"])) for line in lines if line]
    assert len(read) > 20
    assert not any(batch.bad for batch in read)
    assert sum(len(batch.found) for batch in read) > 20


@needs_recordings
def test_a_recorded_event_stream_is_understood():
    (path,) = (SHARED / "mastodon").rglob("test_stream_user_local.yaml")
    whole = next(body for body in bodies(path) if b"event: update" in body).decode()

    class Recorded:
        async def lines(self):
            for line in whole.split("\n"):
                yield line

    async def scenario() -> list[Event]:
        return [event async for event in mastodon_stream._events(Recorded(), invited=True)]

    events = asyncio.run(scenario())
    assert {"update"} <= {event.name for event in events}
    for event in events:
        assert batch_of(event, "example.social", tag_set(["x"])).bad == ()


@pytest.mark.parametrize("payload", ["", "x" * 500])
def test_a_deletion_of_nothing_deletes_nothing(payload):
    assert batch_of(Event("delete", payload), "example.social", tag_set(["hall"])) == Batch()


@pytest.mark.parametrize("frame", ["{", "[]", "null", b"\xff", '{"event": 7}', '{"stream": "x"}', "\ud800", "[" * 9999])
def test_a_frame_that_cannot_be_read_is_no_event(frame):
    stream = mastodon_stream.Stream.__new__(mastodon_stream.Stream)
    assert stream._event(frame).name == "unreadable"
    assert json.dumps("kept")
