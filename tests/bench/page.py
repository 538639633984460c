"""The same cards as a web page, for Chromium: the demo's approved posts in columns that a CSS transform moves up."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from kiosk.archive.event_file import EventFile
from kiosk.domain.model import Standing

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.domain.model import PostState

CARDS = 60
STYLE = """
body{margin:0;background:#0a0f1f;color:#f8f5ee;font:500 3.3vh "Inter Display",sans-serif;overflow:hidden}
header{height:10.5vh;padding:2vh;box-sizing:border-box;font-weight:800}
main{height:89.5vh;overflow:hidden}
#strip{display:flex;gap:2.2vh;padding:0 2.2vh;will-change:transform;animation:up linear infinite}
.column{flex:1;min-width:0}
.card{background:#18213f;margin-bottom:2.2vh;overflow-wrap:anywhere}
.card img{width:100%;display:block}
.card p{margin:0;padding:2.8vh}
.by{font-size:2.6vh;color:#b7c0d8}
"""


def write(folder: Path, event: Path, *, columns: int, speed: float) -> Path:
    """Write the page and its pictures into `folder`; it moves `speed` pixels a second."""
    file = EventFile.open_recording(event)
    try:
        posts = file.states(Standing.APPROVED, limit=CARDS)
        stacks = [
            "".join(_card(folder, file, state) for state in posts[index::columns] * 2) for index in range(columns)
        ]
    finally:
        file.close()
    strip = "".join(f'<div class="column">{stack}</div>' for stack in stacks)
    script = (
        "const s=document.getElementById('strip');addEventListener('load',()=>{const way=s.scrollHeight/2;"
        f"s.style.setProperty('--way',`-${{way}}px`);s.style.animationDuration=`${{way/{speed}}}s`;}});"
    )
    frames = "@keyframes up{from{transform:translateY(0)}to{transform:translateY(var(--way,-9000px))}}"
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><title>Wall</title><style>{STYLE}{frames}</style>'
        f'<header>Hang Space Tweetup</header><main><div id="strip">{strip}</div></main><script>{script}</script>',
        "utf-8",
    )
    return page


def _card(folder: Path, file: EventFile, state: PostState) -> str:
    pictures = ""
    for attachment in state.post.attachments[:1]:
        stored = state.photos.get(attachment.url)
        photo = stored and file.photo(stored.sha256)
        if photo:
            (folder / f"{stored.sha256}.jpg").write_bytes(photo)
            pictures = f'<img src="{stored.sha256}.jpg">'
    words, name, handle = (
        html.escape(each) for each in (state.post.text, state.post.author.name, state.post.author.handle)
    )
    return f'<div class="card">{pictures}<p>{words}</p><p class="by"><b>{name}</b><br>{handle}</p></div>'
