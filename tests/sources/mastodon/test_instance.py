from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from recordings import SHARED, bodies, needs_recordings
from servers.reading import poll, with_source
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Refused
from kiosk.sources.mastodon.api import Api
from kiosk.sources.mastodon.instance import TRIES, Instance, instance_of
from kiosk.sources.source import Budget


def feeds(local: str, remote: str) -> dict[str, object]:
    access = {"hashtag_feeds": {"local": local, "remote": remote}}
    return {"domain": "x", "configuration": {"urls": {}, "timelines_access": access}}


def read(server) -> Instance:
    async def whole():
        async with aclosing(real_client()) as client:
            return await instance_of(Api(server.url, "", client, Budget()))

    return asyncio.run(whole())


def test_a_server_of_today_names_its_stream_and_who_may_see_tags(server):
    server.instance = feeds("public", "authenticated")
    server.instance["configuration"]["urls"] = {"streaming": "wss://stream.example"}
    assert read(server) == Instance("wss://stream.example", "public", "authenticated")


def test_an_older_server_is_asked_in_the_older_way(server):
    server.instance, server.old_instance = None, {"urls": {"streaming_api": "wss://old.example"}}
    assert read(server) == Instance("wss://old.example")
    assert server.introductions == ["/api/v2/instance", "/api/v1/instance"]


def test_a_server_that_has_neither_document_is_refused(server):
    server.always = {"/api/v1/instance": Trouble(404), "/api/v2/instance": Trouble(404)}
    with pytest.raises(Refused):
        read(server)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"configuration": 7}', b"<html>"])
def test_a_document_that_cannot_be_read_is_a_bad_payload(server, body):
    server.always = {"/api/v2/instance": Trouble(200, body)}
    with pytest.raises(BadPayload):
        read(server)


@needs_recordings
@pytest.mark.parametrize(
    ("name", "streaming"),
    [
        ("test_instance.yaml", "ws://localhost:4000"),
        ("gotosocial_instance.json", "wss://localhost:8103"),
        ("takahe_instance.json", ""),
    ],
)
def test_recorded_documents_are_read(server, name, streaming):
    (path,) = SHARED.rglob(name)
    body = max(bodies(path), key=len)
    server.always = {"/api/v2/instance": Trouble(200, body)}
    found = read(server)
    assert found.streaming == streaming or not streaming
    assert (found.local, found.remote) == ("public", "public")


NOTES = {
    "open to all": ("public", "public", ""),
    "members see the others' posts": ("public", "authenticated", "only its own members' posts"),
    "nobody sees the others' posts": ("public", "disabled", "only its own members' posts"),
    "members see its own": ("authenticated", "public", "hides its own members' posts"),
    "members only": ("authenticated", "authenticated", "only to its members"),
    "switched off": ("disabled", "disabled", "switched its hashtag timelines off"),
}


@pytest.mark.parametrize(("local", "remote", "words"), NOTES.values(), ids=NOTES)
def test_who_may_see_tags_is_said_to_an_operator_without_a_token(server, local, remote, words):
    server.instance = feeds(local, remote)
    server.add(1)
    note = poll(server).note
    assert words in note
    assert bool(note) == bool(words)
    assert poll(server, token="t").note == ""  # noqa: S106  # none


def test_a_timeline_that_is_empty_though_its_tag_is_used_is_explained(server):
    server.uses = {"hall": 12}

    async def scenario(source):
        return [(await source.poll(None)).note for _ in range(3)]

    notes = with_source(server.url, scenario)
    assert len(set(notes)) == 1
    assert "shows no post with #hall, yet counted 12 in the last days" in notes[0]
    assert "kiosk login mastodon" in notes[0]
    assert len(server.introductions) == 2, "it is looked into once"


def test_an_explanation_ends_once_posts_come(server):
    server.uses = {"hall": 12}

    async def scenario(source):
        first = await source.poll(None)
        server.add(1)
        return first.note, (await source.poll(first.cursor)).note

    before, after = with_source(server.url, scenario)
    assert before
    assert after == ""


@pytest.mark.parametrize("uses", [{}, {"hall": 0}])
def test_a_tag_that_nobody_has_used_is_simply_empty(server, uses):
    server.uses = uses
    assert poll(server).note == ""


def test_a_server_that_does_not_explain_itself_is_left_alone_after_a_few_tries(server):
    server.always = {"/api/v2": Trouble(500), "/api/v1/instance": Trouble(500)}
    server.add(1)

    async def scenario(source):
        return [(await source.poll(None)).note for _ in range(2 * TRIES)]

    assert set(with_source(server.url, scenario)) == {""}
    assert len(server.introductions) == 2 * TRIES
