from __future__ import annotations

from kiosk.media.codecs import codecs


def test_every_format_that_phones_send_is_there_with_its_version():
    lines = codecs()
    assert [line.split()[0] for line in lines] == ["JPEG", "PNG", "WebP", "AVIF", "GIF", "HEIF"]
    assert not [line for line in lines if "missing" in line]
