"""The demo evening's script, read from `posts.toml`, and the journal that such an evening leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from kiosk.domain.events import (
    Approved,
    EventDescribed,
    Hidden,
    PhotoStored,
    PostDeleted,
    PostEdited,
    PostReceived,
    PostSighted,
    Rejected,
    Requeued,
    Stashed,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import Attachment, Author, Kind, Photo, Post, PostState, PostUri, Sighting
from kiosk.domain.moderation import Rules, content_hash, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kiosk.domain.events import Event, PostEvent
    from kiosk.domain.model import State

SCRIPT: Final = Path(__file__).with_name("posts.toml")

START: Final = datetime(2026, 5, 15, 2, 30, tzinfo=UTC)
"""Half past seven in the evening at the venue, a Thursday."""

LENGTH: Final = 600.0
"""Seconds that the evening is recorded for."""

MEDIA: Final = "https://media.bay.example"

RULES: Final = Rules(
    blocked_words=("free followers", "guaranteed returns", "spam", "idiots"),
    trusted_authors=("@hello@hangspace.example",),
)


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody of the cast; `avatar` numbers a portrait of the gallery."""

    name: str
    handle: str
    avatar: int | None = None
    bot: bool = False


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture of the gallery by its name, with what its author says is to be seen on it.

    `cut` takes a detail of it: left, top, right and bottom in hundredths of its width and height.
    """

    name: str
    alt: str
    cut: tuple[int, int, int, int] | None = None

    @property
    def url(self) -> str:
        """Where it would be fetched, were this evening real."""
        return f"{MEDIA}/{'-'.join([self.name, *map(str, self.cut or ())])}.jpg"


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new text that an author gives a post, and when."""

    at: float
    text: str


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One post of the script; all times are seconds of the evening, `wait` those until the decision.

    `ends` is what the moderator decides first, "pending" for nothing yet; then an approved post may be edited,
    `deleted` or `hidden`, and a stashed one be put `back` into the queue. `also` is a second server it is met on.
    """

    at: float
    by: str
    text: str = ""
    language: str = "en"
    pictures: tuple[Picture, ...] = ()
    warning: str = ""
    sensitive: bool = False
    ends: Literal["approved", "rejected", "stashed", "pending"] = "approved"
    wait: float | None = None
    reason: str = ""
    edit: Edit | None = None
    deleted: float | None = None
    hidden: float | None = None
    back: float | None = None
    also: str = ""


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole evening: what it is called, who is there and what they post."""

    name: str
    hashtags: tuple[str, ...]
    join: str
    timezone: str
    people: dict[str, Person]
    posts: tuple[Line, ...]


class _Step(NamedTuple):
    """Something that happens to one post; what exactly may depend on the post as it is by then."""

    seconds: float
    serial: int
    uri: PostUri
    happen: Callable[[datetime, State | None], PostEvent]


def read(path: Path = SCRIPT) -> Script:
    """Read the script.

    Raises:
        msgspec.ValidationError: where it is not one.

    """
    return msgspec.toml.decode(path.read_bytes(), type=Script)


def avatar_url(index: int) -> str:
    """Where a portrait of the gallery would be fetched."""
    return f"{MEDIA}/avatars/{index:02d}.jpg"


def evening(script: Script, photos: Mapping[str, Photo]) -> list[Event]:
    """Play the script through and return its journal; `photos` holds every picture by its address."""
    steps = [step for number, line in enumerate(script.posts) for step in _steps(script, number, line, photos)]
    states: dict[PostUri, State | None] = {}
    journal: list[Event] = [
        EventDescribed(at=START, name=script.name, hashtags=script.hashtags, join=script.join, timezone=script.timezone)
    ]
    for step in sorted(steps, key=lambda step: (step.seconds, step.serial)):
        if step.seconds > LENGTH:
            raise ValueError(f"{step.uri} goes on at {step.seconds:g} s; the evening ends at {LENGTH:g} s.")
        event = step.happen(_moment(step.seconds), states.get(step.uri))
        states[step.uri] = fold(states.get(step.uri), event)
        journal.append(event)
    return journal


def _moment(seconds: float) -> datetime:
    return START + timedelta(milliseconds=round(seconds * 1000))


def _steps(script: Script, number: int, line: Line, photos: Mapping[str, Photo]) -> Iterator[_Step]:
    person = script.people[line.by]
    post = _post(script, number, line)
    met = Sighting(person.handle.split("@")[2], post.uri.rsplit("/", maxsplit=1)[1])
    wait = line.wait if line.wait is not None else 4 + number * 7 % 16 + number % 10 / 10

    def step(seconds: float, happen: Callable[[datetime, State | None], PostEvent]) -> _Step:
        return _Step(seconds, number, post.uri, happen)

    yield step(line.at, lambda at, _: PostReceived(at=at, post=post, sighting=met, verdict=judge(post, RULES)))
    for place, url in enumerate(post.pictures):
        yield step(line.at + 0.4 + 0.7 * place, _arrival(post.uri, url, photos[url]))
    if line.also:
        elsewhere = Sighting(line.also, f"{7_310_000 + number}")
        yield step(line.at + 3, lambda at, _: PostSighted(at=at, uri=post.uri, sighting=elsewhere))
    if line.ends != "pending":
        yield step(line.at + wait, _decision(line))
    if line.back is not None:
        yield step(line.back, lambda at, _: Requeued(at=at, uri=post.uri, by="desk"))
        yield step(line.back + 5, _approval)
    yield from _aftermath(line, post, met, step)


def _aftermath(
    line: Line,
    post: Post,
    met: Sighting,
    step: Callable[[float, Callable[[datetime, State | None], PostEvent]], _Step],
) -> Iterator[_Step]:
    """What happens after the first decision: an edit and its new approval, a deletion, a hide."""
    if line.edit is not None:
        mended = msgspec.structs.replace(post, text=line.edit.text, edited_at=_moment(line.edit.at - 1.5))
        verdict = judge(mended, RULES)
        yield step(line.edit.at, lambda at, _: PostEdited(at=at, post=mended, sighting=met, verdict=verdict))
        yield step(line.edit.at + 6, _approval)
    if line.deleted is not None:
        yield step(line.deleted, lambda at, _: PostDeleted(at=at, uri=post.uri, reason="deleted by its author"))
    if line.hidden is not None:
        yield step(line.hidden, lambda at, _: Hidden(at=at, uri=post.uri, by="desk", reason=line.reason))


def _arrival(uri: PostUri, url: str, photo: Photo) -> Callable[[datetime, State | None], PostEvent]:
    return lambda at, _: PhotoStored(at=at, uri=uri, url=url, photo=photo)


def _decision(line: Line) -> Callable[[datetime, State | None], PostEvent]:
    if line.ends == "approved":
        return _approval
    return _rejection(line.reason) if line.ends == "rejected" else _stashing


def _approval(at: datetime, state: State | None) -> PostEvent:
    """Approve exactly what the moderator sees at this moment."""
    if not isinstance(state, PostState) or not state.settled:
        raise ValueError(f"At {at:%H:%M:%S} there is nothing that can be approved: {state}")
    return Approved(at=at, uri=state.uri, by="desk", content=content_hash(state))


def _rejection(reason: str) -> Callable[[datetime, State | None], PostEvent]:
    return lambda at, state: Rejected(at=at, uri=_known(state).uri, by="desk", reason=reason)


def _stashing(at: datetime, state: State | None) -> PostEvent:
    return Stashed(at=at, uri=_known(state).uri, by="desk")


def _known(state: State | None) -> State:
    if state is None:
        raise ValueError("A post was decided before it came.")
    return state


def _post(script: Script, number: int, line: Line) -> Post:
    person = script.people[line.by]
    _, name, server = person.handle.split("@")
    local = 116_500_000_000_000 + int(line.at * 1000) * 65 + number
    return Post(
        uri=PostUri(f"https://{server}/users/{name}/statuses/{local}"),
        author=Author(
            handle=person.handle,
            name=person.name,
            avatar="" if person.avatar is None else avatar_url(person.avatar),
            bot=person.bot,
        ),
        text=line.text.strip(),
        created_at=_moment(line.at - 1.2 - number % 7 * 0.6),
        url=f"https://{server}/@{name}/{local}",
        tags=tuple(tag for tag in script.hashtags if tag == script.hashtags[0] or f"#{tag}" in line.text.casefold()),
        language=line.language,
        sensitive=line.sensitive,
        warning=line.warning,
        attachments=tuple(Attachment(Kind.PHOTO, item.url, item.alt) for item in line.pictures),
    )
