"""Which photo formats this machine's libraries decode, and with what, for `kiosk doctor`."""

from __future__ import annotations

import pi_heif
from PIL import features


def codecs() -> list[str]:
    """One line per format that photos may have, with its library's version; a missing one says so."""
    lines = []
    for name, feature in (("JPEG", "jpg"), ("PNG", "zlib"), ("WebP", "webp"), ("AVIF", "avif")):
        version = features.version(feature) if features.check(feature) else None
        lines.append(f"{name} ({feature} {version})" if version else f"{name} missing")
    return [*lines, "GIF", f"HEIF (libheif {pi_heif.libheif_version()})"]
