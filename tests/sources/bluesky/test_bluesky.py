from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from factories import jpeg
from means import Drawer, means
from servers.appview import POSTS, AppView, record, view
from servers.bluesky import Bluesky as Servers
from servers.jetstream import Jetstream, posted
from servers.tag_server import real_client

from kiosk.domain.errors import Misconfigured, Portal, SourceError, Unavailable
from kiosk.domain.model import Cursor, Kind, PostUri
from kiosk.sources.bluesky.bluesky import Bluesky, BlueskyTable
from kiosk.sources.source import Batch, Recheck, Streaming, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable


@pytest.fixture(scope="module")
def servers():
    with Servers() as running:
        yield running


@pytest.fixture
def appview():
    with AppView() as running:
        yield running


@pytest.fixture
def jetstream():
    with Jetstream() as running:
        yield running


def source_on(table: BlueskyTable, scenario: Callable[[Bluesky], Awaitable[Any]], **given: Any) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            return await scenario(Bluesky(table, means(client, **given)))

    return asyncio.run(whole())


def on_real(servers: Servers, scenario: Callable[[Bluesky], Awaitable[Any]], **given: Any) -> Any:
    """Run a scenario on a source that reads the real servers through the real client."""
    table = BlueskyTable(
        server=servers.pds,
        appview=servers.appview.url,
        jetstream=(servers.jetstream.url,),
        identifier=given.pop("identifier", ""),
        allow_private_addresses=True,
    )
    return source_on(table, scenario, **given)


def on(appview: AppView, scenario: Callable[[Bluesky], Awaitable[Any]], jetstream: str = "ws://127.0.0.1:1") -> Any:
    """Run a scenario on a source without an account."""
    table = BlueskyTable(appview=appview.url, jetstream=(jetstream,), allow_private_addresses=True)
    return source_on(table, scenario)


async def until(batches: AsyncGenerator[Batch], ready: Callable[[Batch], Any]) -> Batch:
    async with asyncio.timeout(15):
        while True:
            batch = await anext(batches)
            if ready(batch):
                return batch


async def connected(batches: AsyncGenerator[Batch], jetstream: Jetstream) -> None:
    """Wait until the server tells this stream what is new."""
    before = jetstream.listening
    assert await anext(batches) == Batch()
    async with asyncio.timeout(5):
        while jetstream.listening == before:  # another thread counts
            await asyncio.sleep(0.01)


def ids(batch: Batch | Recheck) -> list[str]:
    return [item.local_id for item in batch.found]


def test_a_post_with_a_picture_is_met_edited_and_deleted_on_the_real_servers(servers):
    ada = servers.join("Ada")

    async def scenario(source: Bluesky) -> None:
        assert isinstance(source, Streaming)
        async with aclosing(source.stream(None)) as batches:
            await connected(batches, servers.jetstream)
            uri = await asyncio.to_thread(servers.post, ada, "Grüße 🎉 an alle im #hall", "hall", jpeg(), "a red wall")
            batch = await until(batches, lambda batch: batch.found)
            post = batch.found[0].post
            assert (post.uri, batch.found[0].local_id) == (uri, uri)
            assert (post.text, post.author.name, post.author.handle) == (
                "Grüße 🎉 an alle im #hall",
                "Ada",
                "@ada.test",
            )
            assert (post.tags, post.language, post.sensitive) == (("hall",), "en", False)
            assert [(each.kind, each.alt) for each in post.attachments] == [(Kind.PHOTO, "a red wall")]
            picture = await asyncio.to_thread(httpx.get, post.attachments[0].url)
            assert picture.content == jpeg()
            await asyncio.to_thread(servers.edit, ada, uri, "Grüße an den #hall", "hall")
            batch = await until(batches, lambda batch: batch.found)
            assert [item.post.text for item in batch.found] == ["Grüße an den #hall"]
            assert [item.post.text for item in (await source.recheck({uri: post.uri})).found] == ["Grüße an den #hall"]
            await asyncio.to_thread(servers.delete, ada, uri)
            assert (await until(batches, lambda batch: batch.gone)).gone == (uri,)
            assert (await source.recheck({uri: post.uri})).gone == (uri,)

    on_real(servers, scenario)


def test_an_account_that_is_deactivated_takes_its_posts_with_it_on_the_real_servers(servers):
    bob = servers.join("Bob")

    async def scenario(source: Bluesky) -> None:
        async with aclosing(source.stream(None)) as batches:
            await connected(batches, servers.jetstream)
            uri = await asyncio.to_thread(servers.post, bob, "Soon gone from the #hall", "hall")
            await until(batches, lambda batch: batch.found)
            await asyncio.to_thread(servers.deactivate, bob)
            batch = await until(batches, lambda batch: batch.gone_under)
            assert batch.gone_under == (f"at://{bob.did}/",)
            assert (await source.recheck({uri: PostUri(uri)})).gone == (uri,)

    on_real(servers, scenario)


def test_with_an_app_password_the_real_server_searches_and_keeps_the_session(servers):
    carol = servers.join("Carol")
    uris = [servers.post(carol, f"Number {number} at the #foyer", "foyer") for number in range(3)]
    password, drawer = servers.app_password(carol), Drawer()

    async def scenario(source: Bluesky) -> Batch:
        return await source.poll(None)

    for _ in range(2):
        given = {"identifier": "@carol.test", "hashtags": ["#Foyer"], "token": password, "vault": drawer}
        batch = on_real(servers, scenario, **given)
        assert ids(batch) == uris
        assert batch.note == ""
    kept = json.loads(drawer.kept[f"bluesky {servers.pds} carol.test"])
    assert len(kept["logins"]) == 1


def test_an_old_token_is_refreshed_at_the_real_server(servers):
    dave = servers.join("Dave")
    uri = servers.post(dave, "Once at the #stairs", "stairs")
    password, drawer = servers.app_password(dave), Drawer()
    given = {"identifier": "dave.test", "hashtags": ["stairs"], "token": password, "vault": drawer}
    name = f"bluesky {servers.pds} dave.test"
    on_real(servers, lambda source: source.poll(None), **given)
    kept = json.loads(drawer.kept[name])
    first = kept["tokens"]["refreshJwt"]
    # The server takes an access token without a session for one that is not good.
    kept["tokens"]["accessJwt"] = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"
    drawer.kept[name] = json.dumps(kept)
    assert ids(on_real(servers, lambda source: source.poll(None), **given)) == [uri]
    kept = json.loads(drawer.kept[name])
    assert kept["tokens"]["refreshJwt"] != first
    assert len(kept["logins"]) == 1


def test_a_wrong_app_password_is_said_by_the_real_server_and_live_reading_goes_on(servers):
    erin = servers.join("Erin")

    async def scenario(source: Bluesky) -> None:
        with pytest.raises(Misconfigured, match="App passwords"):
            await source.poll(None)
        async with aclosing(source.stream(None)) as batches:
            await connected(batches, servers.jetstream)
            uri = await asyncio.to_thread(servers.post, erin, "Here at the #hall", "hall")
            assert ids(await until(batches, lambda batch: batch.found)) == [uri]

    on_real(servers, scenario, identifier="erin.test", token="no-such-word")  # noqa: S106  # a wrong one


def test_what_was_posted_while_the_connection_was_lost_is_told_after_it(servers):
    frank = servers.join("Frank")

    async def scenario(source: Bluesky) -> None:
        async with aclosing(source.stream(None)) as batches:
            await connected(batches, servers.jetstream)
            uri = await asyncio.to_thread(servers.post, frank, "First in the #lost", "lost")
            batch = await until(batches, lambda batch: batch.found)
            assert ids(batch) == [uri]
            cursor = batch.cursor
            servers.jetstream.drop()
            with pytest.raises(Unavailable):
                await until(batches, lambda _: False)
        missed = await asyncio.to_thread(servers.post, frank, "Second in the #lost", "lost")
        async with aclosing(source.stream(cursor)) as batches:
            batch = await until(batches, lambda batch: missed in ids(batch))
            assert set(ids(batch)) <= {uri, missed}

    on_real(servers, scenario, hashtags=["lost"])


def test_without_an_account_search_is_tried_once_and_the_operator_is_told(appview):
    appview.trouble["searchPosts"] = (403, b"<html>Forbidden</html>", {})

    async def scenario(source: Bluesky) -> None:
        for _ in range(3):
            batch = await source.poll(None)
            assert "app password" in batch.note
            assert batch.cursor is None

    on(appview, scenario)
    assert len(appview.asked("searchPosts")) == 1


def test_without_an_account_a_public_search_that_answers_is_used(appview):
    appview.views = {view(1)["uri"]: view(1)}
    batch = on(appview, lambda source: source.poll(None))
    assert (ids(batch), batch.note) == ([view(1)["uri"]], "")


def test_a_search_in_trouble_is_no_reason_to_give_it_up(appview):
    appview.views = {view(1)["uri"]: view(1)}

    async def scenario(source: Bluesky) -> None:
        for answer, kind in (((503, b"", {}), Unavailable), ((200, b"<html>", {}), Portal)):
            appview.trouble["searchPosts"] = answer
            with pytest.raises(kind):
                await source.poll(None)
        appview.trouble.clear()
        assert len((await source.poll(None)).found) == 1

    on(appview, scenario)


def test_a_limit_that_is_used_up_is_waited_out(appview):
    appview.headers = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "0", "RateLimit-Reset": "30"}

    async def scenario(source: Bluesky) -> None:
        assert (await source.poll(None)).wait == pytest.approx(30, abs=1)
        assert (source.budget.left, source.budget.limit) == (0, 3000)
        appview.headers = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "2999", "RateLimit-Reset": "30"}
        assert (await source.poll(None)).wait == 0

    on(appview, scenario)


def asked(*names: int) -> dict[str, PostUri]:
    return {view(name)["uri"]: PostUri(view(name)["uri"]) for name in names}


def test_a_recheck_tells_what_stands_what_was_edited_and_what_is_gone(appview):
    appview.views = {view(name)["uri"]: view(name) for name in range(1, 60)}
    edited = view(2, record("Edited #hall"), cid="cid-2b")
    appview.views[edited["uri"]] = edited
    del appview.views[view(3)["uri"]]
    appview.labels[view(4)["uri"]] = ["!takedown"]
    appview.labels[view(5)["uri"]] = ["porn"]
    answer = on(appview, lambda source: source.recheck(asked(*range(1, 60))))
    texts = {item.local_id: item.post for item in answer.found}
    assert set(answer.gone) == {view(3)["uri"], view(4)["uri"]}
    assert texts[edited["uri"]].text == "Edited #hall"
    assert texts[view(5)["uri"]].warning == "Adult content"
    assert len(answer.found) == 57
    assert len(appview.asked("getPosts")) == 4, "three questions of at most 25, and one more for what was missing"


def test_who_wishes_not_to_be_seen_by_strangers_is_gone(appview):
    appview.views = {view(1)["uri"]: view(1)}
    appview.labels["did:plc:ada"] = ["!no-unauthenticated"]
    assert on(appview, lambda source: source.recheck(asked(1))).gone == (view(1)["uri"],)


def test_where_nothing_is_there_the_appview_first_shows_that_it_is_in_order(appview):
    assert on(appview, lambda source: source.recheck(asked(1, 2))).gone == tuple(asked(1, 2))
    appview.trouble["getProfile"] = (500, b"", {})
    with pytest.raises(Unavailable):
        on(appview, lambda source: source.recheck(asked(1, 2)))


def test_an_outage_says_nothing_about_posts(appview):
    for answer in ((503, b"", {}), (403, b"", {}), (200, b"<html>", {}), (200, b"{}", {})):
        appview.trouble["getPosts"] = answer
        with pytest.raises(SourceError):
            on(appview, lambda source: source.recheck(asked(1)))


def test_ids_that_are_none_are_said_and_to_ask_about_nothing_costs_nothing(appview):
    answer = on(appview, lambda source: source.recheck({"17": PostUri("at://x/y/17")}))
    assert (answer.gone, answer.found, len(answer.bad)) == ((), (), 1)
    assert on(appview, lambda source: source.recheck({})) == Recheck()
    assert appview.requests == []


def test_a_stream_begins_a_little_before_its_cursor(appview, jetstream):
    frame = posted("did:plc:ada", "1", record(), "cid-1")
    appview.views = {view(1)["uri"]: view(1)}
    jetstream.tell(frame)

    async def scenario(source: Bluesky) -> None:
        cursor = stream_cursor(source.name, str(frame["time_us"] + 3_000_000))
        async with aclosing(source.stream(cursor)) as batches:
            assert ids(await until(batches, lambda batch: batch.found)) == [view(1)["uri"]]

    on(appview, scenario, jetstream.url)
    assert f"cursor={frame['time_us'] - 2_000_000}" in jetstream.requests[0]


@pytest.mark.parametrize("value", ["", "nonsense", "-5", "1e9", "9" * 400, "\u0665"])
def test_a_foreign_stream_cursor_counts_as_none(appview, jetstream, value):
    async def scenario(source: Bluesky) -> None:
        async with aclosing(source.stream(Cursor("x (stream)", value))) as batches:
            assert await anext(batches) == Batch()

    on(appview, scenario, jetstream.url)
    assert "cursor=" not in jetstream.requests[0]


def test_both_versions_of_jetstream_tell_the_same(appview, jetstream):
    appview.views = {view(1)["uri"]: view(1)}

    async def scenario(source: Bluesky) -> list[Any]:
        async with aclosing(source.stream(None)) as batches:
            await connected(batches, jetstream)
            jetstream.tell(posted("did:plc:ada", "1", record(), "cid-1"))
            found = (await until(batches, lambda batch: batch.found)).found
            jetstream.tell(posted("did:plc:ada", "1", {}, operation="delete"))
            return [found, (await until(batches, lambda batch: batch.gone)).gone]

    first = on(appview, scenario, jetstream.url)
    assert on(appview, scenario, f"{jetstream.url}/xrpc/network.bsky.jetstream.subscribeEvents") == first


def faults(**options: Any) -> list[str]:
    return [fault.key for fault in BlueskyTable(**options).faults()]


def test_a_table_needs_nothing_and_its_mistakes_are_named():
    assert faults() == []
    assert faults(identifier="ada.test", token_file="bluesky") == []  # noqa: S106  # a file's name
    assert faults(identifier="ada.test") == ["token_file"]
    assert faults(token_file="bluesky") == ["identifier"]  # noqa: S106  # a file's name
    assert faults(jetstream=()) == ["jetstream"]
    assert faults(jetstream=("https://jetstream.example",)) == ["jetstream"]
    assert faults(jetstream=("ws://jetstream.example",)) == ["jetstream"]
    assert faults(jetstream=("ws://jetstream.example",), allow_private_addresses=True) == []
    assert faults(server="bsky.social", appview="http://x") == ["server", "appview"]


def test_a_source_is_named_after_its_server():
    async def scenario(source: Bluesky) -> str:
        return source.name

    assert source_on(BlueskyTable(), scenario) == "bsky.social"
    assert POSTS in view(1)["uri"]
