from __future__ import annotations

import asyncio
import io
import os
import random
import struct
from contextlib import aclosing

import pytest
from PIL import Image

from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError
from kiosk.media.decode import PhotoDecoder
from kiosk.media.worker import caption

NOTHING = ("", "", "", "")


def saved(kind: str = "JPEG", **how: object) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(sink, kind, **how)
    return sink.getvalue()


def exif(**tags: object) -> Image.Exif:
    names = {"artist": 0x013B, "description": 0x010E, "copyright": 0x8298}
    made = Image.Exif()
    for name, value in tags.items():
        if name in names:
            made[names[name]] = value
    inner = made.get_ifd(0x8769)
    inner |= {number: tags[name] for name, number in {"taken": 0x9003, "offset": 0x9011}.items() if name in tags}
    made[0x8769] = inner
    return made


def iptc(*fields: tuple[int, bytes], utf8: bool = True) -> bytes:
    """A JPEG whose APP13 holds the fields of record 2, as Photoshop writes it."""
    block = b"\x1c\x01\x5a\x00\x03\x1b%G" if utf8 else b""
    for number, value in fields:
        block += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    segment = b"Photoshop 3.0\0" + resource
    plain = saved()
    return plain[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]


def test_iptc_is_read_as_editors_fill_it_in():
    picture = iptc(
        (80, "Zoë Müller".encode()),
        (120, b"The keynote\nin the great hall"),
        (110, b"Agency"),
        (116, b"(c) Zoe"),
        (55, b"20261124"),
        (60, b"190311+0100"),
    )
    assert caption(picture) == ("Zoë Müller", "The keynote\nin the great hall", "Agency", "2026-11-24T19:03:11+01:00")


def test_iptc_without_a_named_charset_is_read_as_it_was_meant():
    assert caption(iptc((80, "Müller".encode("cp1252")), utf8=False))[0] == "Müller"
    assert caption(iptc((80, "Müller".encode()), utf8=False))[0] == "Müller"


def test_the_right_to_a_picture_stands_in_where_no_credit_is_given():
    assert caption(iptc((116, "© Ada".encode())))[2] == "© Ada"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_is_read_in_every_format(kind):
    told = exif(
        artist="Ada", description="A robot", copyright="© Ada".encode(), taken="2026:11:24 19:03:11", offset="+01:00"
    )
    assert caption(saved(kind, exif=told)) == ("Ada", "A robot", "© Ada", "2026-11-24T19:03:11+01:00")


def test_exif_may_hold_utf8_and_a_time_without_a_zone():
    told = exif(artist="Zoë".encode(), taken="2026:11:24 19:03:11")
    assert caption(saved(exif=told)) == ("Zoë", "", "", "2026-11-24T19:03:11")


@pytest.mark.parametrize("words", ["OLYMPUS DIGITAL CAMERA    ", "SONY DSC", "default", "DCIM\\100MEDIA\\DJI_1.JPG"])
def test_what_a_camera_writes_on_every_picture_is_no_caption(words):
    assert caption(saved(exif=exif(description=words)))[1] == ""


def test_iptc_comes_before_exif():
    sink = io.BytesIO()
    Image.open(io.BytesIO(iptc((80, b"Editor")))).save(sink, "JPEG", exif=exif(artist="Camera", description="Kept"))
    plain = sink.getvalue()
    whole = iptc((80, b"Editor"))
    segment = whole[2 : 4 + struct.unpack(">H", whole[4:6])[0]]
    assert caption(plain[:2] + segment + plain[2:])[:2] == ("Editor", "Kept")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_says_nothing_has_no_caption(kind):
    assert caption(saved(kind)) == NOTHING


@pytest.mark.parametrize("day", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", ""])
def test_a_clock_that_was_never_set_gives_no_time(day):
    assert caption(saved(exif=exif(taken=day)))[3] == ""


def test_damaged_fields_lose_themselves_and_never_the_worker():
    random.seed(5)
    whole = iptc((80, b"Ada"), (120, b"words" * 50), (55, b"20261124"))
    for _ in range(2_000):
        torn = bytearray(whole)
        for _ in range(random.randrange(1, 8)):
            torn[random.randrange(400)] = random.randrange(256)
        said = caption(bytes(torn[: random.randrange(20, len(torn))]))
        assert isinstance(said, str) or all(len(part) <= 5_000 for part in said)


def test_an_endless_field_is_cut():
    assert len(caption(iptc((120, b"x" * 32_000)))[1]) == 5_000


def test_what_is_no_picture_is_said():
    assert caption(b"<svg/>") == "The picture is neither JPEG, PNG, WebP, GIF, AVIF nor HEIF."


def test_the_sandboxed_worker_reads_captions_and_goes_on_decoding():
    async def scene() -> None:
        async with aclosing_decoder() as decoder:
            assert await decoder.caption(iptc((80, b"Ada"))) == Caption(author="Ada")
            assert await decoder.caption(saved("PNG", exif=exif(artist="Eve"))) == Caption(author="Eve")
            with pytest.raises(MediaError, match="neither JPEG"):
                await decoder.caption(os.urandom(100))
            assert (await decoder.decode(saved())).photo.width == 64

    asyncio.run(scene())


class _Closing(PhotoDecoder):
    async def aclose(self) -> None:
        await self.close()


def aclosing_decoder() -> aclosing[_Closing]:
    return aclosing(_Closing())
