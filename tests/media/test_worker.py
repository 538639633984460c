from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat, JpegImagePlugin

from kiosk.media.worker import BACKDROP, BOX, PIXELS, SIDE, THUMBNAIL, encode

CORPUS = Path(__file__).resolve().parents[2] / "../shared/data/images"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the image corpus of shared/data is not here")


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def _decoded(picture: bytes) -> Image.Image:
    outcome = encode(picture)
    assert not isinstance(outcome, str), outcome
    return Image.open(io.BytesIO(outcome[0]))


def _reason(picture: bytes) -> str:
    outcome = encode(picture)
    assert isinstance(outcome, str)
    assert outcome.endswith(".")
    return outcome


def _png(width: int, height: int) -> bytes:
    """A PNG of `width` × `height` whose pixels are all black, packed as small as zlib can."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = [packer.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)]
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", b"".join(rows) + packer.flush()),
            chunk(b"IEND", b""),
        )
    )


def _scene() -> Image.Image:
    """Four different corners, so that any wrong turn shows."""
    image = Image.new("RGB", (300, 200), "white")
    for colour, box in {"red": (0, 0), "lime": (150, 0), "blue": (0, 100)}.items():
        image.paste(colour, (*box, box[0] + 150, box[1] + 100))
    return image


def _corners(image: Image.Image) -> list[tuple[int, ...]]:
    at = [(image.width // 4, image.height // 4), (image.width * 3 // 4, image.height // 4)]
    at += [(x, image.height * 3 // 4) for x, _ in at]
    return [tuple(round(part / 255) for part in image.convert("RGB").getpixel(place)) for place in at]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_comes_out_as_the_same_jpeg(kind):
    image = _decoded(_saved(_scene(), kind))
    assert image.format == "JPEG"
    assert image.size == (300, 200)
    assert _corners(image) == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(kind, turn):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the inverse transposition, as Pillow numbers them
    stored = _scene() if turn == 1 else _scene().transpose(Image.Transpose(undo[turn]))
    exif = Image.Exif()
    exif[0x0112] = turn
    image = _decoded(_saved(stored, kind, exif=exif))
    assert image.size == (300, 200)
    assert _corners(image) == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


@needs_corpus
def test_the_eight_example_photos_come_out_equal():
    first, *others = (
        _decoded((CORPUS / f"exif-orientation/Landscape_{turn}.jpg").read_bytes()) for turn in range(1, 9)
    )
    for other in others:
        assert other.size == first.size
        difference = ImageStat.Stat(ImageChops.difference(first, other))
        assert max(difference.mean) < 4


def test_large_photos_fit_their_boxes():
    wall, thumbnail, width, height = encode(_saved(Image.new("RGB", (6000, 3000), "teal"), "JPEG"))
    assert (width, height) == (BOX[0], BOX[0] // 2) == Image.open(io.BytesIO(wall)).size
    assert Image.open(io.BytesIO(thumbnail)).size == (THUMBNAIL[0], THUMBNAIL[0] // 2)


def test_small_and_thin_photos_are_not_enlarged_and_keep_a_pixel():
    assert _decoded(_saved(Image.new("RGB", (1, 1)), "PNG")).size == (1, 1)
    assert _decoded(_saved(Image.new("L", (12_000, 2)), "PNG")).size == (BOX[0], 1)


@pytest.mark.parametrize("millions", [25, 100, 400, 1000])
def test_bombs_are_refused_by_their_size(millions):
    side = 2500 * millions // 25
    assert "million pixels" in _reason(_png(10_000, side))


def test_the_largest_permitted_picture_passes():
    assert _decoded(_png(6000, PIXELS // 6000)).size == (2560, 1707)
    assert f"{SIDE} are the most" in _reason(_png(SIDE + 1, 10))


def test_metadata_stays_behind():
    exif = Image.Exif()
    exif[0x010E] = "SECRET WORDS"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 12.0), 3: "E", 4: (11.0, 34.0, 31.0)})
    comment = _saved(_scene(), "JPEG", exif=exif, comment=b"SECRET WORDS", xmp=b"<x:xmpmeta>SECRET WORDS</x:xmpmeta>")
    assert b"SECRET" in comment
    outcome = encode(comment)
    for jpeg in outcome[:2]:
        assert b"SECRET" not in jpeg
        assert b"Exif" not in jpeg
        image = Image.open(io.BytesIO(jpeg))
        assert not image.getexif()
        assert not {"comment", "icc_profile", "xmp", "exif"} & image.info.keys()


@needs_corpus
def test_the_recorded_gps_tags_stay_behind():
    stored = (CORPUS / "pillow/exif_gps.jpg").read_bytes()
    assert Image.open(io.BytesIO(stored)).getexif().get_ifd(0x8825)
    assert not _decoded(stored).getexif()


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("RGBA", (255, 0, 0, 0), BACKDROP),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("LA", (0, 0), BACKDROP),
        ("L", 128, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
        ("I;16", 0x8000, (128, 128, 128)),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_every_kind_of_pixel_has_its_colour(mode, colour, shown):
    image = _decoded(_saved(Image.new(mode, (40, 40), colour), "PNG"))
    assert all(abs(got - want) <= 2 for got, want in zip(image.getpixel((20, 20)), shown, strict=True))


def test_a_palette_with_a_clear_colour_is_laid_on_the_backdrop():
    image = Image.new("P", (40, 40), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    for kind in ("GIF", "PNG"):
        shown = _decoded(_saved(image, kind, transparency=1)).getpixel((20, 20))
        assert all(abs(got - want) <= 2 for got, want in zip(shown, BACKDROP, strict=True))


def test_cmyk_comes_out_in_its_colours():
    assert _corners(_decoded(_saved(_scene().convert("CMYK"), "JPEG", quality=95)))[0] == (1, 0, 0)


def test_a_profile_is_honoured_and_a_broken_one_is_not_fatal():
    grey = Image.new("L", (40, 40), 128)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"nonsense", lab, b""):
        assert abs(_decoded(_saved(grey, "PNG", icc_profile=profile)).getpixel((9, 9))[0] - 128) <= 2


def test_a_profile_changes_the_colours_as_it_says():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Swapping the names of two tags makes a profile in which red means blue.
    swapped = profile.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    for stated, shown in ((profile, (255, 0, 0)), (swapped, (0, 0, 255))):
        got = _decoded(_saved(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=stated)).getpixel((20, 20))
        assert all(abs(part - want) <= 6 for part, want in zip(got, shown, strict=True))


_SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
_EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(%pipe%id) (w) file\n"


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\x00",
        _SVG,
        _EPS,
        b"GIF89" + _EPS,
        b"RIFF\x00\x00\x00\x00WAVE" + _SVG,
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42",
        _saved(Image.new("RGB", (9, 9)), "TIFF"),
        _saved(Image.new("RGB", (9, 9)), "BMP"),
        _saved(Image.new("RGB", (9, 9)), "ICO"),
        _saved(Image.new("RGB", (9, 9)), "PPM"),
        _saved(Image.new("RGB", (9, 9)), "PDF"),
        _saved(Image.new("RGB", (9, 9)), "JPEG2000"),
    ],
)
def test_other_formats_are_refused(picture):
    assert "neither" in _reason(picture)


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x04\x00\x00\x00WEBP"])
@pytest.mark.parametrize("rest", [_SVG, _EPS, _saved(Image.new("RGB", (9, 9)), "TIFF")])
def test_polyglots_are_read_as_what_they_claim_to_be(start, rest):
    assert "damaged" in _reason(start + rest)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_truncated_pictures_are_refused(kind):
    whole = _saved(Image.effect_noise((400, 300), 80).convert("RGB"), kind)
    for share in (0.02, 0.3, 0.9):
        assert "damaged" in _reason(whole[: int(len(whole) * share)])


@needs_corpus
def test_every_file_of_the_corpus_is_decoded_or_refused_with_a_reason():
    files = [path for path in sorted(CORPUS.rglob("*")) if path.is_file()]
    outcomes = [encode(path.read_bytes()) for path in files]
    assert len(files) > 80
    for path, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, str):
            assert outcome.endswith("."), path
            assert "BytesIO" not in outcome, path
        else:
            with Image.open(io.BytesIO(outcome[0])) as image:
                assert image.size == outcome[2:], path
    assert sum(not isinstance(outcome, str) for outcome in outcomes) > 40


@needs_corpus
@pytest.mark.parametrize("name", ["heif/RGB_8__128x128.heif", "heif/zPug_3.heic", "heif_other/L_exif_xmp_iptc.heic"])
def test_heif_is_decoded(name):
    outcome = _in_a_worker((CORPUS / "heif" / name).read_bytes())
    assert outcome.startswith("decoded")


def test_the_worker_needs_nothing_of_the_program_and_no_qt():
    code = (
        "import sys, kiosk.media.worker as w;"
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'httpx', 'apsw', 'asyncio', 'kiosk.'))];"
        "own = {'kiosk.media', *(f'kiosk.media.{name}' for name in ('caption', 'confinement', 'worker'))};"
        "assert set(bad) == own, bad"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def _in_a_worker(picture: bytes) -> str:
    code = (
        "import sys, kiosk.media.worker as w; picture = sys.stdin.buffer.read(); w.confine(700_000_000);"
        "outcome = w.encode(picture); print(outcome if isinstance(outcome, str) else f'decoded {outcome[2:]}')"
    )
    ended = subprocess.run([sys.executable, "-c", code], input=picture, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


@pytest.mark.parametrize(("size", "scale"), [((6000, 4000), 2), ((4000, 6000), 2), ((4000, 3000), 1)])
def test_a_photo_twice_as_long_as_its_box_is_scaled_while_it_is_decoded(size, scale, monkeypatch):
    loaded = []
    load = JpegImagePlugin.JpegImageFile.load

    def watched(image):
        loaded.append(image.size)
        return load(image)

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", watched)
    outcome = encode(_saved(Image.new("RGB", size, "teal"), "JPEG"))
    assert max(outcome[2:]) == BOX[0]
    assert loaded[0] == (size[0] // scale, size[1] // scale)


def test_a_truncated_photo_that_is_scaled_while_it_is_decoded_is_refused():
    whole = _saved(Image.effect_noise((6000, 4000), 50).convert("RGB"), "JPEG")
    assert "damaged" in _reason(whole[: len(whole) // 2])
