"""Build the bundled demo event: paint its pictures, play its script, save it: `python assets/make_demo.py [OUT]`."""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo import story
from demo.gallery import PICTURES, avatar
from PIL import Image

from kiosk.archive.event_file import EventFile, StoredPhoto
from kiosk.domain.model import Photo, Sha256

OUT: Final = Path(__file__).with_name("demo.wall")
SIDE: Final = 1600
THUMBNAIL: Final = 320
QUALITY: Final = 82


def stored(picture: Image.Image) -> StoredPhoto:
    """Encode a picture in both sizes, as the decode workers would."""
    wall = picture.convert("RGB")
    wall.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    thumbnail = wall.copy()
    thumbnail.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    encoded = jpeg(wall)
    return StoredPhoto(
        Photo(Sha256(hashlib.sha256(encoded).hexdigest()), wall.width, wall.height), encoded, jpeg(thumbnail)
    )


def cut(picture: Image.Image, box: tuple[int, int, int, int] | None) -> Image.Image:
    """Take a detail, its edges in hundredths of the picture's; None takes the whole."""
    if box is None:
        return picture
    left, top, right, bottom = box
    width, height = picture.size
    return picture.crop((left * width // 100, top * height // 100, right * width // 100, bottom * height // 100))


def jpeg(picture: Image.Image) -> bytes:
    """Encode pixels and nothing else."""
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=QUALITY, optimize=True)
    return sink.getvalue()


def paint(script: story.Script) -> dict[str, StoredPhoto]:
    """Paint every picture that the script asks for; by address."""
    wanted = {item.url: item for line in script.posts for item in line.pictures}
    if unknown := {item.name for item in wanted.values()} - PICTURES.keys():
        raise SystemExit(f"The gallery has no picture named {', '.join(sorted(unknown))}.")
    portraits = {script.people[line.by].avatar for line in script.posts}
    photos: dict[str, StoredPhoto] = {}
    for url, item in sorted(wanted.items()):
        photos[url] = stored(cut(PICTURES[item.name](), item.cut))
        print(f"  {len(photos):3} of {len(wanted)} pictures  {len(photos[url].wall) / 1024:5.0f} KB  {url}", flush=True)
    for index in sorted(number for number in portraits if number is not None):
        photos[story.avatar_url(index)] = stored(avatar(index))
    print(f"  {len(photos) - len(wanted)} portraits")
    return photos


def save(out: Path, script: story.Script, photos: dict[str, StoredPhoto]) -> None:
    """Write the evening into a fresh event file and put it in place of an older one."""
    events = story.evening(script, {url: photo.photo for url, photo in photos.items()})
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    file = EventFile.open(part)
    try:
        file.append(events, photos=list(photos.values()))
        counts = file.counts()
    finally:
        file.close()
    part.replace(out)
    print(f"  {len(events)} events: " + ", ".join(f"{count} {standing}" for standing, count in counts.items()))


def main() -> None:
    """Build it and say how it went."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    script = story.read()
    print(f"{script.name}: {len(script.posts)} posts by {len(script.people)} people")
    photos = paint(script)
    save(out, script, photos)
    print(f"{out}: {out.stat().st_size / 1024 / 1024:.1f} MB")


if __name__ == "__main__":
    main()
