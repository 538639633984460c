"""The fold: what one post is, after one more event. Pure, total, and the only place a standing changes."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.domain.events import (
    Approved,
    EchoLost,
    Hidden,
    PhotoRefused,
    PhotoStored,
    PostDeleted,
    PostEchoed,
    PostEdited,
    PostEvent,
    PostReceived,
    PostSighted,
    Rejected,
    Requeued,
    Stashed,
)
from kiosk.domain.model import (
    PhotoFailure,
    PostState,
    Sighting,
    Standing,
    State,
    Tombstone,
)

_STANDINGS = {
    Approved: Standing.APPROVED,
    Rejected: Standing.REJECTED,
    Stashed: Standing.STASHED,
    Hidden: Standing.REJECTED,
    Requeued: Standing.PENDING,
}


def fold(state: State | None, event: PostEvent) -> State | None:
    """Apply one event to one post's state.

    A deletion is final, in whatever order events arrive. An edit keeps the standing but not the approval's
    content, so an approved post that was edited no longer passes the gate. Events about a post that was
    never received, other than its deletion, change nothing.
    """
    if isinstance(state, Tombstone):
        return state
    if isinstance(event, PostDeleted):
        return Tombstone(uri=event.uri, deleted_at=event.at, revision=1 if state is None else state.revision + 1)
    if isinstance(event, PostReceived | PostEdited):
        return _with_content(state, event)
    if state is None:
        return None
    return replace(_with_detail(state, event), revision=state.revision + 1)


def _with_content(state: PostState | None, event: PostReceived | PostEdited) -> PostState:
    if state is None:
        return PostState(post=event.post, received_at=event.at, verdict=event.verdict, sightings=(event.sighting,))
    wanted = set(event.post.pictures)
    standing = Standing.PENDING if state.standing is Standing.APPROVED else state.standing
    return replace(
        state,
        post=event.post,
        verdict=event.verdict,
        standing=standing,
        approved=None,
        sightings=_met(state, event.sighting),
        photos={url: photo for url, photo in state.photos.items() if url in wanted},
        revision=state.revision + 1,
    )


_Detail = PostSighted | PostEchoed | EchoLost | PhotoStored | PhotoRefused
_Decision = Approved | Rejected | Stashed | Hidden | Requeued


def _with_detail(state: PostState, event: _Detail | _Decision) -> PostState:
    if isinstance(event, PostSighted):
        return replace(state, sightings=_met(state, event.sighting))
    if isinstance(event, PostEchoed | EchoLost):
        return _with_echo(state, event)
    if isinstance(event, PhotoStored):
        return replace(state, photos={**state.photos, event.url: event.photo})
    if isinstance(event, PhotoRefused):
        return replace(state, photos={**state.photos, event.url: PhotoFailure(event.reason)})
    return replace(
        state,
        standing=_STANDINGS[type(event)],
        approved=event.content if isinstance(event, Approved) else None,
        decided_by=event.by,
        decided_at=event.at,
        reason=event.reason if isinstance(event, Rejected | Hidden) else "",
    )


def _with_echo(state: PostState, event: PostEchoed | EchoLost) -> PostState:
    uri = event.echo.uri if isinstance(event, PostEchoed) else event.echo
    others = tuple(echo for echo in state.echoes if echo.uri != uri)
    return replace(state, echoes=(*others, event.echo) if isinstance(event, PostEchoed) else others)


def _met(state: PostState, sighting: Sighting) -> tuple[Sighting, ...]:
    return state.sightings if sighting in state.sightings else (*state.sightings, sighting)
