from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest
from factories import at, photo_of, stored
from PySide6.QtQml import QQmlEngine, QQmlExpression

from kiosk.domain.events import PhotoRefused
from kiosk.domain.model import Author, Card, Emoji, Quote
from kiosk.domain.scenes import SCENES, Cue
from kiosk.ui.posts import PostView
from kiosk.ui.shown import shown as content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage
    from PySide6.QtQuick import QQuickItem

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.model import PostState
    from kiosk.domain.scenes import Scene

SMALLEST = {"spotlight": 0.0295, "scroll": 0.022, "masonry": 0.022, "mosaic": 1.0, "photos": 0.026}
"""The smallest text of a scene's cards, as a share of an upright screen's height; 1: none."""

FEW = 2
"""Up to so many places, every number of posts is tried with every kind of post; beyond, with a mixture of all."""

SENTENCE = "The talk about tidal power was the best that I have heard in years, thank you to everybody who made it. "
WIDEST = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
GREEN, BLUE = (20, 200, 60), (30, 60, 220)


CAT = "https://example.social/cat.png"
PREVIEW = "https://example.social/preview.png"
CARD = Card("https://www.example.com/a/long/address?with=more", SENTENCE * 2, SENTENCE, "Example Weekly", PREVIEW)
QUOTE = Quote(Author(f"@{WIDEST[:60]}@example.social", f"{WIDEST} :cat:"), f":cat: {SENTENCE * 4}")


class Kind(NamedTuple):
    """What a post is made of."""

    text: str = "Hello to the hall from the third row!"
    name: str = "Ada Lovelace"
    photo: StoredPhoto | None = None
    missing: bool = False
    photos: int = 1
    hung: dict[str, object] | None = None


KINDS = {
    "long text": Kind((SENTENCE * 6)[:500]),
    "one word": Kind("Hi"),
    "one endless word": Kind(WIDEST * 6, name=WIDEST),
    "right to left": Kind("שלום לכולם באולם! ההרצאה על אנרגיית הגאות הייתה נהדרת. " * 3, name="דנה לוי"),
    "emoji": Kind("🎉👩‍👩‍👧‍👦🏳️‍🌈 " * 30, name="🎉🎉🎉"),
    "Chinese": Kind("大家好！这是一条很长的消息，来自大厅的第三排。" * 8, name="王小明"),
    "Japanese and Korean": Kind("こんにちは、会場の皆さん。안녕하세요 여러분! " * 8, name="山田太郎"),
    "no photo": Kind(),
    "nothing but a photo": Kind("", photo=stored((400, 300), GREEN)),
    "upright photo": Kind(photo=stored((200, 900), GREEN)),
    "landscape photo": Kind((SENTENCE * 6)[:500], photo=stored((1200, 300), GREEN)),
    "missing photo": Kind(missing=True),
    "emojis in words and name": Kind(":cat:" * 9 + " hello :cat: " * 20, "Ada :cat: Lovelace :cat: " * 3),
    "emojis among right to left": Kind(":cat: שלום לכולם באולם! :cat: " * 8, name=":cat: דנה לוי"),
    "two photos": Kind(photo=stored((400, 300), GREEN), photos=2),
    "three photos": Kind(photo=stored((300, 400), GREEN), photos=3),
    "four photos": Kind((SENTENCE * 6)[:500], photo=stored((400, 300), GREEN), photos=4),
    "quote": Kind(hung={"quote": QUOTE}),
    "nothing but a quote": Kind("", hung={"quote": QUOTE}),
    "poll": Kind(hung={"poll": ("tea :cat:", SENTENCE * 2, WIDEST * 3, "שלום", "5", "6", "7")}),
    "nothing but a poll": Kind("", hung={"poll": ("tea", "coffee")}),
    "link": Kind(hung={"card": CARD}),
    "nothing but a link": Kind("", hung={"card": CARD}),
    "everything": Kind(
        (SENTENCE * 6)[:500], WIDEST, stored((300, 900), GREEN), photos=6,
        hung={"quote": QUOTE, "poll": ("tea", "coffee"), "card": CARD},
    ),
}  # fmt: skip
SIZES = {"16:9": (1280, 720), "upright": (720, 1280), "4:3": (1024, 768)}


def counts(scene: Scene) -> list[int]:
    """How many posts of one kind a scene is tried with: none, one, its places and one more than it has places for."""
    return sorted(
        {0, 1, *({scene.slots, scene.slots + 1} if scene.slots <= FEW else ()), *((9,) if scene.flows else ())}
    )


PRESSED = {name: scene for name, scene in SCENES.items() if scene.cards}
TOLD = {name: scene for name, scene in PRESSED.items() if SMALLEST[name] < 1}
WORDED = {name: scene for name, scene in TOLD.items() if not scene.photos}
MANY = {name: scene for name, scene in PRESSED.items() if scene.slots > FEW}
TRIALS = [(scene, count) for scene in PRESSED.values() for count in counts(scene)]


def named(trial: tuple[Scene, int, str]) -> str:
    return f"{trial[0].name} with {trial[1]}, {trial[2]}"


def texts(item: QQuickItem) -> Iterator[QQuickItem]:
    """Every text that a card draws."""
    if not item.isVisible():
        return
    if item.metaObject().indexOfProperty("textFormat") >= 0 and item.property("text"):
        yield item
    for child in item.childItems():
        yield from texts(child)


def ask(item: QQuickItem, question: str) -> object:
    """What QML would answer of an item."""
    return QQmlExpression(QQmlEngine.contextForObject(item), item, question).evaluate()[0]


class Measured(NamedTuple):
    """One text as a card drew it; `size` is a share of the screen's height, `outside` means outside of the card."""

    text: str
    size: float
    cut: bool
    outside: bool


@pytest.fixture
def measured(shell, monkeypatch) -> list[Measured]:
    """Every text of every card that is pressed from now on."""
    found: list[Measured] = []
    render = shell.press._render

    def watched(card: QQuickItem) -> QImage:
        picture = render(card)
        high = card.property("screenHeight")
        for text in texts(card):
            corner = text.mapToItem(card, 0, 0)
            inside = corner.y() >= -1 and corner.y() + ask(text, "paintedHeight") <= card.height() + 1
            wide = corner.x() >= -1 and corner.x() + ask(text, "paintedWidth") <= card.width() + 1
            pixels = ask(text, "fontInfo.pixelSize")
            found.append(Measured(text.property("text"), pixels / high, ask(text, "truncated"), not (inside and wide)))
        return picture

    monkeypatch.setattr(shell.press, "_render", watched)
    return found


async def posted(here, kind: Kind, number: int) -> PostState:
    """An approved post of that kind."""
    author = Author(f"@{number}@example.social", kind.name)
    if not kind.missing:
        photos = [kind.photo] * kind.photos if kind.photo else []
        drawn = {CAT: stored((64, 64), GREEN), PREVIEW: stored((300, 200), BLUE)}
        more = {"emojis": (Emoji("cat", CAT),)} | (kind.hung or {})
        return await here.approved(number, *photos, drawn=drawn, text=kind.text, author=author, **more)
    lost = photo_of(f"https://example.social/media/lost-{number}")
    state = await here.receive(number, text=kind.text, author=author)
    await here.edit(state, attachments=(lost,))
    refused = PhotoRefused(at=here.house.clock.now(), uri=state.uri, url=lost.url, reason="It is no picture.")
    await here.ledger.commit(refused)
    return await here.approve(await here.state(state.uri))


async def shown(here, scene: Scene, states: list[PostState]) -> None:
    """Show a scene with these posts and wait until they are there."""
    uris = tuple(state.uri for state in states) if scene.slots else ()
    here.stage.show(Cue(scene.name, uris, scene.dwell))
    for _ in range(300):
        coming = any(stream._coming for stream in here.stage._streams.values())
        if (here.stage.property("scene") == scene.qml and not coming) or not here.stage._errands.running:
            break
        await asyncio.sleep(0.01)


def turn_pages(here, state: PostState) -> None:
    """Press every page that the post has in the spotlight."""
    post, size = PostView(content(state, at(60))), {"width": 1280, "height": 640, "screen_height": 720}
    for page in range(here.shell.press.pages("SpotlightCard", post, **size)):
        here.shell.press.card("SpotlightCard", post, page=page, **size)


def shows(scene: Scene, kind: str) -> bool:
    """Whether a scene can show a post of that kind at all."""
    return not scene.photos or KINDS[kind].photo is not None


def test_every_scene_names_its_smallest_text():
    assert set(SMALLEST) == set(PRESSED)


def legible(measured: list[Measured], scene: Scene) -> bool:
    """Whether every text can be read from the last row and lies on its card."""
    return all(text.size >= SMALLEST[scene.name] and not text.outside for text in measured)


@pytest.mark.parametrize("trial", [(*each, kind) for each in TRIALS for kind in KINDS], ids=named)
def test_a_scene_shows_whatever_people_post(hall, play, frame, measured, trial):
    scene, count, kind = trial

    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(SIZES["16:9"])
            states = [await posted(here, KINDS[kind], number) for number in range(count)]
            await shown(here, scene, states)
            if shows(scene, kind):
                assert bool(here.stage.on_glass()) is (count > 0)
            assert len(here.stage.on_glass()) <= (scene.slots or count)
            assert frame(wall).colours > 30, "an empty wall invites, a filled one shows posts"

    play(test())
    assert legible(measured, scene), [each for each in measured if not legible([each], scene)]
    assert bool(measured) is (count > 0 and scene.name in TOLD and shows(scene, kind))


@pytest.mark.parametrize("place", [(scene, shape) for scene in MANY for shape in SIZES], ids=" ".join)
def test_a_scene_of_many_posts_shows_as_many_as_have_room(hall, play, frame, measured, place):
    scene, size = SCENES[place[0]], SIZES[place[1]]

    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(size)
            fitting = [kind for name, kind in KINDS.items() if shows(scene, name)]
            posts = [await posted(here, fitting[number % len(fitting)], number) for number in range(scene.slots + 1)]
            for count in (2, scene.slots, scene.slots + 1):
                await shown(here, scene, posts[:count])
                assert 2 <= len(here.stage._hands[scene.name]) <= scene.slots
                assert frame(wall).colours > 30

    play(test())
    assert legible(measured, scene), [each for each in measured if not legible([each], scene)]


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("scene", TOLD.values(), ids=TOLD)
def test_text_can_be_read_from_the_last_row_on_a_screen_of_any_shape(hall, play, measured, scene, size):
    async def test() -> None:
        async with hall() as here:
            await here.wall(size)
            for number, kind in enumerate(KINDS.values()):
                measured.clear()
                if scene.photos and kind.photo is None:
                    continue
                await shown(here, scene, [await posted(here, kind, number)])
                assert measured, kind
                assert legible(measured, scene), [each for each in measured if not legible([each], scene)]
                here.stage.withdraw(here.stage.on_glass())

    play(test())


@pytest.mark.parametrize("scene", PRESSED.values(), ids=PRESSED)
def test_a_photo_that_came_is_seen_and_one_that_is_missing_leaves_no_hole(hall, play, frame, scene):
    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(SIZES["16:9"])
            await shown(here, scene, [await posted(here, KINDS["nothing but a photo"], 1)])
            await asyncio.sleep(1.0)
            assert frame(wall).count(GREEN) > 30_000

    play(test())


@pytest.mark.parametrize("scene", WORDED.values(), ids=WORDED)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_words_of_every_length_are_drawn_whole_where_a_post_has_no_photo(hall, play, measured, scene, size):
    text = (SENTENCE * 3)[:280]

    async def test() -> None:
        async with hall() as here:
            await here.wall(size)
            await shown(here, scene, [await posted(here, Kind(text), 1)])

    play(test())
    assert [each.cut for each in measured if each.text == text] == [False]


@pytest.mark.parametrize("place", [(scene, shape) for scene in WORDED for shape in SIZES], ids=" ".join)
def test_an_emoji_is_seen_in_place_of_its_shortcode(hall, play, frame, measured, place):
    scene, size = SCENES[place[0]], SIZES[place[1]]

    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(size)
            await shown(here, scene, [await posted(here, Kind("one :cat: two :cat: three"), 1)])
            await asyncio.sleep(1.0)
            high = max(text.size for text in measured) * size[1]
            assert 1.6 * high**2 < frame(wall).count(GREEN) < 2.6 * high**2, "two squares as large as the words"

    play(test())
    assert all(":cat:" not in text.text for text in measured)


@pytest.mark.parametrize(
    "case", [(scene, kind) for scene in WORDED for kind in ("quote", "poll", "link")], ids=" ".join
)
def test_what_hangs_on_a_post_is_read_on_the_wall(hall, play, frame, measured, case):
    scene, kind = SCENES[case[0]], case[1]

    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(SIZES["16:9"])
            state = await posted(here, KINDS[kind], 1)
            await shown(here, scene, [state])
            await asyncio.sleep(1.0)
            assert (frame(wall).count(BLUE) > 2000) is (kind == "link")
            if scene.slots == 1:
                turn_pages(here, state)

    play(test())
    words = " ".join(text.text for text in measured)
    assert {"quote": WIDEST, "poll": "שלום", "link": "example.com"}[kind] in words
    assert "address?with" not in words, "no address is read from a wall"


def test_several_photos_come_one_after_another_once_all_were_seen_together(hall, play, frame):
    async def test() -> None:
        async with hall() as here:
            wall = await here.wall()
            photos = [stored((400, 300), GREEN), stored((300, 400), BLUE)]
            state = await here.approved("several", *photos)
            assert here.stage.pages(Cue("spotlight", (state.uri,), 9.0)) == 3
            seen = []
            for page in range(3):
                here.stage.show(Cue("spotlight", (state.uri,), 9.0, page))
                await here.stage.ready()
                await asyncio.sleep(1.2)
                picture = frame(wall)
                seen.append((picture.count(GREEN) > 5000, picture.count(BLUE) > 5000))
            assert seen == [(True, True), (True, False), (False, True)]

    play(test())


@pytest.mark.parametrize("scene", WORDED.values(), ids=WORDED)
def test_several_photos_share_the_room_of_one(hall, play, frame, scene):
    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(SIZES["16:9"])
            one, four = GREEN, (200, 40, 40)
            photos = [stored((400, 300), one), *(stored((400, 300 + step), four) for step in range(3))]
            await shown(here, scene, [await here.approved("several", *photos)])
            await asyncio.sleep(1.0)
            picture = frame(wall)
            assert picture.count(one) > 10_000
            assert 2.5 < picture.count(four) / picture.count(one) < 3.5, "four are equals"

    play(test())
