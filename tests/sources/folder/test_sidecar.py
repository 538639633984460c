from __future__ import annotations

import random

import pytest

from kiosk.sources.folder.sidecar import Words, decoded, read_words


@pytest.mark.parametrize(
    "written",
    [
        "Grüße 📸".encode(),
        "Grüße 📸".encode("utf-8-sig"),
        "Grüße 📸".encode("utf-16"),
        b"\xfe\xff" + "Grüße 📸".encode("utf-16-be"),
    ],
)
def test_text_of_any_editor_is_read(written):
    assert read_words("a.TXT", written) == Words(text="Grüße 📸")


def test_text_that_is_not_utf8_is_latin_1():
    assert decoded("Grüße".encode("latin-1")) == "Grüße"


def test_json_says_more():
    assert read_words("a.json", '\ufeff{"text": "Hi", "alt": "A", "tags": ["x"], "other": 1}'.encode()) == Words(
        text="Hi", alt="A", tags=("x",)
    )


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b'{"text": 5}', b'{"tags": "x"}', b"\xff\xfe\x00", b"[" * 60_000, b'{"text": null}']
)
def test_json_of_another_shape_is_said(written):
    with pytest.raises(ValueError, match=r"."):
        read_words("a.json", written)


def test_ten_thousand_mutated_files_bring_nothing_else():
    random.seed(3)
    whole = '{"text": "Grüße", "author": "Zoë", "handle": "@z", "alt": "x", "credit": "c", "tags": ["a", "b"]}'.encode()
    for _ in range(10_000):
        torn = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            torn[random.randrange(len(torn))] = random.randrange(256)
        try:
            assert isinstance(read_words("a.json", bytes(torn)), Words)
        except ValueError:
            continue
