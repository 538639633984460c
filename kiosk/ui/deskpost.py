"""A post as the moderator sees it: what the hall would see, and what only the desk tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtQml import QmlElement

from kiosk.domain.model import Kind, Photo, PhotoFailure, PostState, Standing
from kiosk.domain.moderation import content_hash
from kiosk.ui.posts import PostView
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.shown import shown
from kiosk.ui.words import isolated

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.domain.model import ContentHash, PostUri, Sha256

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

LISTED: Final = 500
"""Characters of a post that a list shows at most."""

_WORDS: Final = {
    Standing.PENDING: "waiting",
    Standing.APPROVED: "approved",
    Standing.REJECTED: "rejected",
    Standing.STASHED: "stashed",
}


@QmlElement
@QmlUncreatable("made from a folded post")
class DeskPost(PostView):
    """A post with what only the moderator sees. A decision binds to `content`, as it was when this was made."""

    def __init__(self, state: PostState, now: datetime, *, gone: str = "") -> None:
        """Show `state` as of `now`; `gone` says why it stays in its list only until the mark moves on."""
        super().__init__(shown(state, now, addresses=True))
        self.state = state
        self.content: ContentHash = content_hash(state)
        self._gone = gone

    @property
    def uri(self) -> PostUri:
        """The post's global name."""
        return self.state.uri

    @property
    def thumbnail(self) -> Sha256 | None:
        """The hash of what stands for the post in a list: its first photo, or else its link's picture."""
        post = self.state.post
        wanted = (*(item.url for item in post.attachments), post.card.image if post.card else "")
        photos = (self.state.photos.get(url) for url in wanted)
        return next((photo.sha256 for photo in photos if isinstance(photo, Photo)), None)

    @Property(bool, constant=True)
    def pictorial(self) -> bool:
        """Whether there is a thumbnail to wait for."""
        return self.thumbnail is not None

    @Property(str, constant=True)
    def line(self) -> str:
        """The words for a list, emojis by their shortcodes; where there are none, what there is instead."""
        post = self.state.post
        quoted = f"“{post.quote.text}”" if post.quote else ""
        title = post.card.title if post.card else ""
        return post.text[:LISTED] or quoted[:LISTED] or " · ".join(post.poll) or title

    @Property(str, constant=True)
    def byline(self) -> str:
        """Who posted it and when, for a list."""
        author = self.state.post.author
        return f"{isolated(author.name or author.handle)}  {isolated(author.handle)}  · {self.post.age}"

    @Property(str, constant=True)
    def hung(self) -> str:
        """What hangs on the post besides its words, for a list: several photos, a quote, a poll, a link."""
        post = self.state.post
        photos = sum(item.kind is not Kind.OTHER for item in post.attachments)
        parts = [f"{photos} photos" if photos > 1 else "", "quote" if post.quote else ""]
        parts += [f"poll of {len(post.poll)}" if post.poll else "", "link" if post.card else ""]
        return " · ".join(part for part in parts if part)

    @Property(bool, constant=True)
    def gone(self) -> bool:
        """Whether the post is no longer what its list holds, and stays for the eye alone."""
        return bool(self._gone)

    @Property(str, constant=True)
    def reasons(self) -> str:
        """Why a rule held the post, and what is the matter with its pictures."""
        failed = [
            f"A picture is missing: {photo.reason}"
            for photo in self.state.photos.values()
            if isinstance(photo, PhotoFailure)
        ]
        loading = [] if self.state.settled else ["Its pictures are still on their way."]
        return "\n".join((*self.state.verdict.reasons, *failed, *loading))

    @Property(str, constant=True)
    def standing(self) -> str:
        """Where the post stands, and who decided."""
        if self._gone:
            return self._gone
        word = _WORDS[self.state.standing]
        by = f" by {self.state.decided_by}" if self.state.decided_by else ""
        why = f": {self.state.reason}" if self.state.reason else ""
        return f"{word}{by}{why}"

    @Property(str, constant=True)
    def details(self) -> str:
        """Language, where it was first met, and the pictures' descriptions."""
        post = self.state.post
        parts = [post.language, *(each.source for each in self.state.sightings[:1])]
        parts += [f"picture: {item.alt}" if item.alt else "picture without description" for item in post.attachments]
        edited = ["edited"] if post.edited_at else []
        return " · ".join(part for part in (*parts, *edited) if part)

    @Property(str, constant=True)
    def elsewhere(self) -> str:
        """Where else it stands: other sources that carry it, and the author's same words on other networks."""
        first = {each.source for each in self.state.sightings[:1]}
        met = [each.source for each in self.state.sightings if each.source not in first]
        echoed = [f"{echo.sighting.source} ({isolated(echo.handle)})" for echo in self.state.echoes]
        return ", ".join(dict.fromkeys((*echoed, *met)))

    @Property(str, constant=True)
    def remarks(self) -> str:
        """What its source wants the moderator to know, a sentence a line."""
        return "\n".join(self.state.post.remarks)
