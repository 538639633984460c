from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from factories import photo_of, photo_stored, post, stored
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import wired

from kiosk.domain.events import PostDeleted, PostEdited
from kiosk.domain.model import ContentHash, PostUri, Sighting

if TYPE_CHECKING:
    from wired import Wired

MET = Sighting("mastodon", "2")
PICTURE = "https://example.social/photo.jpg"
TAKE_DOWNS = ["reject", "stash", "hide"]
URI = post().uri

COMMANDS = st.sampled_from(["approve", "reject", "stash", "hide", "undo"])


@settings(database=None, deadline=None, max_examples=40)
@given(st.lists(COMMANDS, min_size=1, max_size=7))
def test_of_commands_given_at_once_the_last_one_counts(tmp_path_factory, commands):
    """Nothing is waited for between the keys, and the hall is repainted after every commit."""

    async def scenario() -> None:
        async with wired(tmp_path_factory.mktemp("desk")) as core:
            await core.receive(post())
            await core.approve(URI)
            content = await core.content(URI)
            shown: list[PostUri] = []

            def repaint(_: object) -> None:
                core.play()
                shown.extend(core.stage.glass)

            core.ledger.listen(repaint)
            await asyncio.gather(*(press(core, command, URI, content) for command in commands))
            core.play()
            assert set(core.stage.glass) == await core.approved_now()
            if commands[-1] in TAKE_DOWNS:
                assert shown == []
            if commands[-1] == "approve":
                assert core.stage.glass == [URI]

    asyncio.run(scenario())


async def press(core: Wired, command: str, uri: PostUri, content: ContentHash) -> str:
    if command == "approve":
        return await core.desk.approve(uri, content)
    if command in TAKE_DOWNS:
        return await getattr(core.desk, command)(uri)
    return await {"undo": core.desk.undo, "panic": core.desk.panic, "calm": core.desk.calm}[command]()


ORIGIN = ["receive", "edit", "photo", "delete"]
DESK = ["approve", "approve", "approve", "approve", "stale", *TAKE_DOWNS, "undo", "undo"]
HOUSE = ["panic", "calm", "calm", "break", "repair", "repair"]
STEPS = st.sampled_from([*ORIGIN, *DESK, *HOUSE])


async def step(core: Wired, kind: str, name: int, number: int) -> str:
    """One thing that happens, to one of a few posts."""
    uri, now = post(name).uri, core.clock.now()
    state = await core.state(uri)
    with_photo = post(name, text=f"text {number}", attachments=(photo_of(PICTURE),))
    match kind:
        case "receive":
            if await core.ledger.read(lambda file: file.state(uri)) is None:
                await core.receive(post(name))
        case "edit":
            await core.ledger.commit(PostEdited(at=now, post=with_photo, sighting=MET))
        case "photo":
            photo = stored(colour=(number, 0, 0))
            await core.ledger.commit(photo_stored(uri, PICTURE, photo), photos=[photo])
        case "delete":
            await core.ledger.commit(PostDeleted(at=now, uri=uri))
        case "stale":
            return await core.desk.approve(uri, ContentHash("of long ago"))
        case _:
            content = await core.content(uri) if state else ContentHash("")
            return await press(core, kind, uri, content)
    return ""


@settings(database=None, deadline=None, max_examples=60)
@given(st.lists(st.tuples(STEPS, st.integers(0, 2)), min_size=5, max_size=40))
def test_whatever_happens_the_glass_holds_only_what_was_decided(tmp_path_factory, steps):
    async def scenario() -> None:
        folder = tmp_path_factory.mktemp("desk")
        broken = failed = False
        async with wired(folder) as core:
            for number, (kind, name) in enumerate(steps):
                core.clock.tick(1)
                if kind in {"break", "repair"}:
                    await core.disk(works=True)
                    broken = kind == "break"
                    await core.disk(works=not broken)
                elif not broken or kind not in ORIGIN:
                    answer = await step(core, kind, name, number)
                    failed = failed or answer.startswith("Not written down:")
                    if kind in {"reject", "hide", "stash"}:
                        assert post(name).uri not in core.stage.glass
                await core.assert_glass_is_decided()
                core.play()
                await core.assert_glass_is_decided()
                if not failed:
                    assert set(core.stage.glass) == (set() if core.panic.raised else await core.approved_now())
            decided, raised = await core.approved_now(), core.panic.raised
        async with wired(folder) as core:
            assert core.panic.raised == raised
            core.play()
            assert set(core.stage.glass) == (set() if raised else decided)
            await core.assert_glass_is_decided()

    asyncio.run(scenario())
