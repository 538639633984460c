"""A folder into which a photographer's camera, an upload or a sync client drops photos; each photo is a post.

A photo is the same post wherever it stands: its name is the SHA-256 of its bytes. A photo that is deleted there is
deleted on the wall, and for good. `NAME.txt` or `NAME.json` beside it has its words; a change of them is an edit.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from kiosk.domain.errors import Refused, Unavailable
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.disk import Disk, TooLarge, missing, place
from kiosk.sources.folder.known import MOST, Known, recall
from kiosk.sources.folder.look import Look, compare, follow
from kiosk.sources.folder.posts import Photographs
from kiosk.sources.folder.reading import PhotoReader, read_photo
from kiosk.sources.folder.vanish import GRACE, Vanishing
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means


class FolderTable(SourceTable, frozen=True, kw_only=True):
    """A folder on this computer or on a share, into which photos are dropped."""

    needs_hashtags: ClassVar[bool] = False

    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 5.0
    folder: Annotated[
        str, Meta(description="The folder; a relative path starts at this TOML file's.", examples=["photos"])
    ] = ""
    subfolders: Annotated[bool, Meta(description="Look into its subfolders, too.")] = True
    author: Annotated[str, Meta(description="Who took the photos that do not say so themselves.")] = "Photographer"
    credit: Annotated[str, Meta(description="A line below the words of photos that carry no credit themselves.")] = ""
    text: Annotated[str, Meta(description="The words beside photos that bring none.")] = ""

    def faults(self) -> Iterator[Fault]:
        """There must be a folder."""
        if not self.folder.strip() or "\0" in self.folder:
            yield Fault("folder", "it names no folder", "photos")


class Folder:
    """One folder; what it holds is listed at each poll, and only what is new or changed is read."""

    def __init__(self, table: FolderTable, means: Means) -> None:
        """Touch nothing yet."""
        self.name = f"folder {table.folder}"
        self.budget = Budget()
        self._folder = place(means, table.folder)
        self._subfolders = table.subfolders
        self._photographs = Photographs(self.name, author=table.author, credit=table.credit, text=table.text)
        self._disk = Disk(self.name)
        self._reader = PhotoReader(self.name, self._folder, self._disk, means.caption)
        self._vanishing = Vanishing(self.name)
        self._known = Known({})
        self._value = ""

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Look through the folder; posts of what is new or has new words, and ids of what was deleted.

        Raises:
            Misconfigured: there is no such folder.
            Unavailable: it cannot be read now.

        """
        before = await self._recall(cursor)
        look = await self._look(before)
        after, bad, more = await self._reader.survey(before, look)
        arriving = {stamp.size for stamp in self._reader.arriving(look, after).values()}
        outcome = await self._disk.run(follow, before, after, look.missing, arriving)
        same = before.identity in {look.listing.identity, (0, 0)}
        verdict = self._vanishing.judge(outcome.missed, outcome.there, same=same, now=self._reader.now())
        for path in look.missing & after.files.keys():
            if after.files[path].sha256 in verdict.gone:
                del after.files[path]
        if same or len(outcome.missed) < len(outcome.there):
            after.identity = look.listing.identity
        found = [await self._post(after, path, bad) for _, path in outcome.told]
        return Batch(
            found=tuple(sorted(found, key=lambda item: item.post.created_at)),
            cursor=await self._remember(before, after),
            bad=tuple(bad),
            more=more,
            gone=(*sorted(verdict.gone), *sorted(outcome.replaced)),
            note=verdict.note or self._full(look, after),
        )

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Look for these photos; one that is missed is looked for again after a moment.

        Raises:
            SourceError: the folder cannot be read, which says nothing about the posts.

        """
        if not posts:
            return Recheck()
        answer, doubtful = await self._ask(posts)
        if doubtful:
            await asyncio.sleep(GRACE)
            answer, _ = await self._ask(posts)
        return answer

    async def picture(self, reference: str) -> bytes:
        """Return the photo whose SHA-256 in hex `reference` is, if it still stands where it was last seen.

        Raises:
            Unavailable: the folder was not looked through yet, or the photo is being moved or changed.
            Refused: there is no such photo.

        """
        paths = [path for path, entry in self._known.files.items() if entry.sha256 == reference]
        if not paths and self._known.files:
            raise Refused(f"The photo is not in {self.name} any more.")
        for path in paths:
            try:
                photo, sha256 = await self._disk.run(read_photo, self._folder, path)
            except (OSError, TooLarge):
                continue
            if sha256 == reference:
                return photo
        raise Unavailable(f"{self.name} does not have the photo now.", retry_after=5.0)

    async def _recall(self, cursor: Cursor | None) -> Known:
        """What the cursor keeps; mostly it is the one that was handed out last, and known without being read."""
        value = cursor.value if cursor else ""
        if not value or value != self._value:
            self._known = await self._disk.run(recall, cursor)
            self._value = value if self._known.files else ""
        return self._known

    async def _remember(self, before: Known, after: Known) -> Cursor | None:
        """Keep what is known now, from the last await of a poll on; the cursor that does, where something changed."""
        if self._value and after == before:
            return None
        value = await self._disk.run(after.encode)
        self._known, self._value = after, value
        return Cursor(self.name, value)

    async def _look(self, known: Known) -> Look:
        try:
            return await self._disk.run(partial(compare, subfolders=self._subfolders), self._folder, known)
        except (OSError, ValueError) as error:
            fault = error if isinstance(error, OSError) else OSError(str(error))
            raise missing(self.name, self._folder, fault, was_there=bool(known.files)) from error

    async def _post(self, known: Known, path: str, bad: list[str]) -> Found:
        words, caption = await self._reader.words(known, path, bad)
        entry = known.files[path]
        return self._photographs.post(entry.sha256, entry.stamp.changed, words, caption)

    async def _ask(self, posts: Mapping[str, PostUri]) -> tuple[Recheck, bool]:
        """What can be said of these photos now, and whether another look can say more."""
        known, bad, more = self._known, list[str](), False
        if not known.files:  # nothing was looked through since the start
            known, _, more = await self._reader.survey(known, await self._look(known))
            known.identity = (0, 0)
        look = await self._look(known)
        if not known.files:
            return Recheck(bad=(f"{self.name} is empty; that says nothing about its {len(posts)} posts.",)), False
        after = known.copy()
        arriving = self._reader.arriving(look, known)
        outcome = await self._disk.run(follow, known, after, look.missing, {each.size for each in arriving.values()})
        where = await self._disk.run(after.where)
        strange = set[str]() if more or arriving else posts.keys() - where.keys()
        same = known.identity in {look.listing.identity, (0, 0)}
        verdict = self._vanishing.judge(outcome.missed | strange, outcome.there, same=same, now=self._reader.now())
        still = {sha256: path for sha256 in posts if (path := look.steady(where.get(sha256, ())))}
        found = [await self._post(after, path, bad) for path in still.values()]
        gone = tuple(sha256 for sha256 in posts if sha256 in verdict.gone)
        left = len(posts) - len(found) - len(gone)
        if left:
            bad.append(verdict.note or f"{self.name} cannot tell yet of {left} photos that moved or changed.")
        return Recheck(tuple(found), gone, tuple(bad)), verdict.doubtful and not verdict.note

    def _full(self, look: Look, known: Known) -> str:
        if len(known.files) >= MOST or look.listing.full:
            return f"{self.name} holds more than {MOST:,} photos; the others are not read. Move old ones elsewhere."
        return ""
