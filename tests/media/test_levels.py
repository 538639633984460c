from __future__ import annotations

import io
import threading
import time

import pytest
from PIL import Image

from kiosk.media.levels import levels


def jpeg(size: tuple[int, int], colour: tuple[int, int, int] = (220, 30, 60)) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", size, colour).save(sink, "JPEG", quality=92)
    return sink.getvalue()


def test_a_picture_is_halved_until_it_is_small():
    made = levels(jpeg((1000, 600)), longest=4096, smallest=256)
    assert [(each.width, each.height) for each in made] == [(1000, 600), (500, 300), (250, 150)]
    assert all(len(each.pixels) == each.width * each.height * 4 for each in made)


def test_pixels_are_blue_green_red_and_opaque():
    blue, green, red, alpha = levels(jpeg((64, 64)), longest=4096, smallest=256)[0].pixels[:4]
    assert abs(red - 220) < 8
    assert abs(green - 30) < 8
    assert abs(blue - 60) < 8
    assert alpha == 255


def test_no_side_is_longer_than_was_asked_for():
    made = levels(jpeg((3000, 1000)), longest=1280, smallest=256)
    assert made[0].width <= 1280
    assert made[0].width / made[0].height == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize("encoded", [b"", b"nothing", jpeg((300, 300))[:200]])
def test_damaged_bytes_have_no_level(encoded):
    assert levels(encoded, longest=4096, smallest=256) == []


def test_other_threads_go_on_meanwhile():
    encoded = jpeg((2560, 1920))
    ended = threading.Event()

    def work() -> None:
        levels(encoded, longest=4096, smallest=256)
        ended.set()

    began = time.perf_counter()
    threading.Thread(target=work).start()
    looks = 0
    while not ended.is_set():
        looks += 1
        time.sleep(0.001)
    assert looks >= (time.perf_counter() - began) / 0.02, "the interpreter's lock was held"
