from __future__ import annotations

import asyncio

import pytest

from kiosk.domain.errors import MediaError, Unavailable
from kiosk.runtime import pictures as module
from kiosk.runtime.pictures import AnyPicture
from kiosk.sources.source import picture_address


class Web:
    async def picture(self, url: str) -> bytes:
        return f"web {url}".encode()


class Folder:
    """A source that alone can fetch its pictures."""

    name = "folder /a b/ü"

    async def picture(self, reference: str) -> bytes:
        if reference == "slow":
            await asyncio.sleep(60)
        return b"x" * 20_000_000 if reference == "huge" else f"own {reference}".encode()


def asked(url: str) -> bytes:
    return asyncio.run(AnyPicture(Web(), [Folder()]).picture(url))  # type: ignore[list-item]


def test_web_addresses_are_fetched_from_the_web_and_a_sources_own_from_the_source():
    assert asked("https://example.org/a.jpg") == b"web https://example.org/a.jpg"
    assert asked(picture_address(Folder.name, "sub/../x y.jpg")) == b"own sub/../x y.jpg"


def test_a_picture_of_a_source_that_is_not_there_any_more_is_refused():
    with pytest.raises(MediaError, match="gone, which is not in the event's file"):
        asked(picture_address("gone", "x"))


def test_a_source_may_not_take_too_long_nor_send_too_much(monkeypatch):
    with pytest.raises(MediaError, match="more than 15 MB"):
        asked(picture_address(Folder.name, "huge"))
    monkeypatch.setattr(module, "SECONDS", 0.05)
    with pytest.raises(Unavailable, match="within"):
        asked(picture_address(Folder.name, "slow"))
