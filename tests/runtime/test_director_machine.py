from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from factories import Author, at, photo_of, photo_stored, post, received, stored
from fakes import FakeClock, FakeStage
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.domain.events import Change, PostDeleted, PostEdited, Requeued, uri_of
from kiosk.domain.fold import fold
from kiosk.domain.model import PostState, Sighting
from kiosk.domain.moderation import content_hash, showable
from kiosk.domain.reading import has_photo
from kiosk.domain.scenes import SCENES
from kiosk.domain.turns import Turn, playlist
from kiosk.runtime.counters import Counters
from kiosk.runtime.desk import Desk
from kiosk.runtime.director import Director
from kiosk.runtime.gate import Gate
from kiosk.runtime.orders import Orders
from kiosk.runtime.rotation import Rotation

if TYPE_CHECKING:
    from kiosk.domain.events import Event
    from kiosk.domain.model import PostUri, State

NAMES = st.integers(0, 3)
URL = "https://example.social/photo.jpg"
SHOWING = sorted(name for name, scene in SCENES.items() if scene.flows or scene.slots)
"""Scenes that show posts."""

PLAYLISTS = st.lists(
    st.builds(Turn, scene=st.sampled_from(SHOWING), weight=st.integers(1, 3), posts=st.integers(0, 6)),
    min_size=1,
    max_size=3,
)


class Books:
    """A ledger in memory: folds, and tells its listeners at once."""

    def __init__(self) -> None:
        self.states: dict[PostUri, State] = {}
        self.listeners: list[Any] = []

    def listen(self, listener: Any) -> None:
        self.listeners.append(listener)

    def state(self, uri: PostUri) -> State | None:
        return self.states.get(uri)

    async def commit(self, *events: Event, provided: Any = None, **_: Any) -> tuple[Change, ...]:
        if provided is not None and not provided(self):
            return ()
        changes = tuple(map(self._fold, events))
        for listener in self.listeners:
            listener(changes)
        return changes

    def _fold(self, event: Any) -> Change:
        uri = uri_of(event)
        if uri is None:
            return Change(event)
        before = self.states.get(uri)
        after = fold(before, event)
        if after is not None:
            self.states[uri] = after
        return Change(event, before, after)


class Latch:
    """Panic without its file."""

    def __init__(self) -> None:
        self.raised = False
        self.listeners: list[Any] = []

    def listen(self, listener: Any) -> None:
        self.listeners.append(listener)

    def raise_(self) -> None:
        self._set(raised=True)

    def clear(self) -> None:
        self._set(raised=False)

    def _set(self, *, raised: bool) -> None:
        self.raised = raised
        for listener in self.listeners:
            listener(raised)


class Evening(RuleBasedStateMachine):
    """Everything that can happen to posts and to the wall, in any order; the director takes its turns in between."""

    @initialize(turns=PLAYLISTS)
    def begin(self, turns: list[Turn]) -> None:
        self.turns = turns
        self.books, self.panic, self.clock, self.gate = Books(), Latch(), FakeClock(), Gate()
        self.stage, counters, shared = FakeStage(), Counters(), {"clock": self.clock, "counters": Counters()}
        self.rotation = Rotation(self.gate, self.clock, playlist(turns))
        shared = {"ledger": self.books, "gate": self.gate, "panic": self.panic, "clock": self.clock}
        self.orders = Orders(**shared, rotation=self.rotation, counters=counters, by="desk")
        self.director = Director(
            **shared, stage=self.stage, rotation=self.rotation, orders=self.orders, counters=counters
        )
        self.desk = Desk(**shared, stage=self.stage, counters=counters, by="desk")
        for name in range(3):
            self.receive_and_approve(name, photo=name == 0)

    def commit(self, *events: Any) -> None:
        asyncio.run(self.books.commit(*events))

    @rule(name=NAMES, photo=st.booleans())
    def receive_and_approve(self, name: int, photo: bool) -> None:
        arriving = post(name, author=Author(f"@a{name % 3}@x", "A"), attachments=(photo_of(URL),) if photo else ())
        if arriving.uri not in self.books.states:
            photos = [photo_stored(arriving.uri, URL, stored())] if photo else []
            self.commit(received(arriving), *photos)
        self.approve(name)

    @rule(name=NAMES)
    def approve(self, name: int) -> None:
        state = self.books.state(post(name).uri)
        if isinstance(state, PostState):
            asyncio.run(self.desk.approve(state.uri, content_hash(state)))

    @rule(name=NAMES)
    def hide(self, name: int) -> None:
        asyncio.run(self.desk.hide(post(name).uri))
        assert post(name).uri not in self.stage.glass

    @rule(name=NAMES, number=st.integers(0, 99))
    def edit(self, name: int, number: int) -> None:
        edited = post(name, text=f"Edited {number} times")
        if isinstance(self.books.state(edited.uri), PostState):
            self.commit(PostEdited(at=at(5), post=edited, sighting=Sighting("mastodon", "1")))
            assert edited.uri not in self.stage.glass

    @rule(name=NAMES)
    def requeue(self, name: int) -> None:
        self.commit(Requeued(at=at(5), uri=post(name).uri, by="desk"))

    @rule()
    def delete(self) -> None:
        self.commit(PostDeleted(at=at(5), uri=post(3).uri))
        assert post(3).uri not in self.stage.glass

    @rule()
    def undo(self) -> None:
        asyncio.run(self.desk.undo())

    @rule(seldom=st.integers(0, 3))
    def raise_panic(self, seldom: int) -> None:
        if seldom == 0:
            asyncio.run(self.desk.panic())
            assert self.stage.slated
            assert self.stage.glass == []

    @rule()
    def calm(self) -> None:
        asyncio.run(self.desk.calm())

    @rule(name=NAMES, every=st.sampled_from([0, 2, 4]))
    def pin_post(self, name: int, every: int) -> None:
        asyncio.run(self.orders.pin_post(post(name).uri, every))

    @rule(scene=st.sampled_from(["scroll", "spotlight"]), every=st.sampled_from([0, 2]))
    def pin_scene(self, scene: str, every: int) -> None:
        asyncio.run(self.orders.pin_scene(scene, every))

    @rule()
    def unpin(self) -> None:
        asyncio.run(self.orders.unpin())

    @rule(command=st.sampled_from(["hold", "next", "back"]))
    def order(self, command: str) -> None:
        getattr(self.orders, command)()

    @rule(name=NAMES)
    def feature(self, name: int) -> None:
        self.orders.feature(post(name).uri)

    @rule(seconds=st.sampled_from([1.0, 30.0, 400.0]))
    def show_what_comes(self, seconds: float) -> None:
        """One turn of the director, as it begins; a scene that draws for itself draws."""
        if self.panic.raised:
            return
        asked = self.director._asked() or self.director._turn()
        if asked is None:
            assert not self.gate.open_posts(), "the wall is blank though a post may be shown"
            return
        self.orders.ended()
        self.orders.began(asked)
        self.stage.show(asked.cue)
        if SCENES[asked.cue.scene].flows:
            while len(self.stage.glass) < 3 and (state := self.rotation.draw(asked.cue.scene, self.stage.glass)):
                self.stage.glass.append(state.uri)
        assert self.stage.glass or not self.gate.open_posts(), "the wall is blank though a post may be shown"
        self.clock.tick(seconds)

    @rule(seldom=st.integers(0, 3))
    def every_post_that_stays_approved_is_shown_within_a_bound(self, seldom: int) -> None:
        """With nothing pinned nobody starves, whatever happened before."""
        if seldom or self.panic.raised:
            return
        asyncio.run(self.orders.unpin())
        posts = self.gate.open_posts()
        allowed = [SCENES[turn.scene] for turn in self.turns if turn.posts <= len(posts)]
        pictorial = all(scene.photos for scene in allowed)  # then words alone have no place
        waiting = {state.uri for state in posts if has_photo(state) or not pictorial}
        bound = 4 * len(waiting) + 60
        for _ in range(bound):
            if not waiting:
                return
            self.show_what_comes(20.0)
            waiting -= set(self.stage.glass)
        assert not waiting

    @invariant()
    def nothing_is_on_the_glass_that_was_not_approved_as_it_is(self) -> None:
        for uri in self.stage.glass:
            state = self.books.state(uri)
            assert showable(state)
            assert self.gate.state(uri) is not None

    @invariant()
    def a_pinned_post_may_be_shown(self) -> None:
        pin = self.orders.pin
        assert pin is None or pin.uri is None or showable(self.books.state(pin.uri))

    @invariant()
    def in_panic_there_is_the_slate_alone(self) -> None:
        if self.panic.raised:
            assert self.stage.slated
            assert self.stage.glass == []
            assert self.orders.held_by == ""


TestEvening = Evening.TestCase
TestEvening.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, database=None)
