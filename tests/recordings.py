"""Answers that real servers gave, kept outside the project: read where they are present, never copied into it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).parents[2] / "shared" / "data"

needs_recordings = pytest.mark.skipif(
    not ((SHARED / "mastodon").is_dir() and (SHARED / "captured").is_dir()),
    reason="needs the recordings of real servers, which are not part of the project",
)


def recordings(folder: str) -> list[Path]:
    """Every recorded file in one of the folders, at any depth."""
    return sorted(path for path in (SHARED / folder).rglob("*") if path.suffix in {".json", ".yaml", ".yml"})


def bodies(path: Path) -> Iterator[bytes]:
    """The bodies of the answers in a file: cassettes, captured streams, captures with headers and bare JSON."""
    text = path.read_text("utf-8")
    if path.suffix in {".yaml", ".yml"}:
        yaml = pytest.importorskip("yaml")
        cassette = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for exchange in cassette.get("interactions", cassette.get("http_interactions", ())):
            body = exchange["response"]["body"]["string"]
            whole = body if isinstance(body, bytes) else body.encode()
            yield whole
            yield from (line.removeprefix(b"data: ") for line in whole.split(b"\n") if line.startswith(b"data: "))
        return
    try:
        value = json.loads(text)
    except ValueError:
        yield from (line.encode() for line in text.split("\n") if line.strip())
        return
    yield json.dumps(value["json"] if isinstance(value, dict) and "json" in value else value).encode()


def _statuses(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"id", "account", "content", "created_at"} <= value.keys():
            yield value
        for each in value.values():
            yield from _statuses(each)
    elif isinstance(value, list):
        for each in value:
            yield from _statuses(each)


@cache
def recorded_statuses() -> tuple[dict[str, Any], ...]:
    """Every status in the recordings, boosted and quoted ones too; () where there are no recordings."""
    found: list[dict[str, Any]] = []
    for folder in ("mastodon", "captured"):
        for path in recordings(folder):
            for body in bodies(path):
                try:
                    found += _statuses(json.loads(body))
                except ValueError:
                    continue
    return tuple(found)
