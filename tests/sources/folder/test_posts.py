from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kiosk.domain.captions import Caption
from kiosk.sources.folder.posts import Photographs
from kiosk.sources.folder.sidecar import Words

if TYPE_CHECKING:
    from kiosk.domain.model import Post

SHA = "ab" * 32


def made(words: Words = Words(), caption: Caption = Caption(), changed: int = 0, **table: str) -> Post:  # noqa: B008  # frozen
    given = {"author": "", "credit": "", "text": ""} | table
    return Photographs("folder photos", **given).post(SHA, changed, words, caption).post


def test_foreign_words_are_cleaned():
    post = made(
        Words(text="a\u202eb\x00\x1b[2J", author="A\nB\u200f", handle="@@x y", alt="c\x07", tags=("#a\nb", "", "#"))
    )
    assert (post.text, post.author.name, post.author.handle) == ("ab[2J", "A B", "@x y")
    assert (post.attachments[0].alt, post.tags) == ("c", ("a b",))


def test_what_says_nothing_falls_back_to_the_next():
    assert made(Words(text="\u200b "), Caption(text="its own"), text="the table's").text == "its own"
    assert made(text="the table's").text == "the table's"
    assert made(author="\u200b").author.name == "Photographer"


def test_credit_stands_below_the_words_unless_it_is_the_author():
    assert made(Words(text="Hi", credit="dpa")).text == "Hi\ndpa"
    assert made(credit="House").text == "House"
    assert made(Words(author="Ada", credit="Ada", text="Hi")).text == "Hi"


@pytest.mark.parametrize(
    ("author", "handle"), [("Zoë Müller", "@zoëmüller"), ("📸", "@photographer"), ("R2-D2", "@r2d2")]
)
def test_a_handle_is_made_of_the_name(author, handle):
    assert made(author=author).author.handle == handle


def test_a_time_that_was_never_set_or_is_to_come_is_now():
    now = datetime.now(UTC)
    for changed in (0, 315_532_800 * 10**9, (time.time_ns() + 10**15), -1, 2**63 - 1):
        assert abs(made(changed=changed).created_at - now) < timedelta(seconds=10)
    assert made(caption=Caption(taken="2026-11-24T19:00:00+01:00")).created_at.hour == 18
    for taken in ("2026-11-24T19:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "soon", ""):
        assert abs(made(caption=Caption(taken=taken)).created_at - now) < timedelta(seconds=10)


def test_an_endless_text_is_cut():
    post = made(Words(text="x" * 100_000, author="y" * 1_000, tags=tuple("#x" for _ in range(1_000))))
    assert len(post.text) <= 5_000
    assert len(post.author.name) <= 80
    assert len(post.tags) <= 50
