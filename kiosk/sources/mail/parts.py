"""The parts of a mail as an IMAP server describes them in its BODYSTRUCTURE: containers and what they contain.

See https://www.rfc-editor.org/rfc/rfc3501#section-7.4.2; pure, bounded, and raises only ValueError.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk.sources.mail.imap_answers import Value

MOST_PARTS: Final = 200


class Part(NamedTuple):
    """One part of a mail that is no container; `size` is in bytes as it is encoded for the way."""

    section: str
    kind: str
    parameters: Mapping[str, str] = MappingProxyType({})
    encoding: str = "7bit"
    size: int = 0
    disposition: str = ""
    filename: str = ""
    description: str = ""
    content_id: str = ""
    related: bool = False
    """Whether it belongs to an HTML text, as a picture drawn within it does."""


class Group(NamedTuple):
    """A container: `mixed`, `alternative`, `related` and others; RFC 2046, 5.1."""

    subtype: str
    children: tuple[Group | Part, ...]


def read_structure(value: Value) -> Group | Part:
    """Read a BODYSTRUCTURE; mails within the mail (message/rfc822) stay closed, as one part.

    Raises:
        ValueError: where it is none, or has more than 200 parts.

    """
    left = [MOST_PARTS]
    if not isinstance(value, list) or not value:
        raise ValueError("it says nothing of its parts")
    return _node(value, "", left, related=False)


def _node(body: list[Value], section: str, left: list[int], *, related: bool) -> Group | Part:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("it has too many parts")
    if not isinstance(body[0], list):
        return _part(body, section or "1", related=related)
    count = next((index for index, value in enumerate(body) if not isinstance(value, list)), len(body))
    subtype = _string(body, count).lower()
    inside = related or subtype == "related"
    children = [
        _node(child, f"{section}.{number}" if section else str(number), left, related=inside)
        for number, child in enumerate(body[:count], 1)
        if isinstance(child, list) and child
    ]
    return Group(subtype, tuple(children))


def _part(body: list[Value], section: str, *, related: bool) -> Part:
    kind = f"{_string(body, 0)}/{_string(body, 1)}".lower()
    parameters = _pairs(body[2] if len(body) > 2 else None)  # noqa: PLR2004  # the grammar's own places
    behind = 11 if kind == "message/rfc822" else 9 if kind.startswith("text/") else 8
    disposition, told = "", dict[str, str]()
    match body[behind] if len(body) > behind else None:
        case [bytes() as word, *rest]:
            disposition, told = word.decode("ascii", "replace").lower(), _pairs(rest[0] if rest else None)
        case _:
            pass
    size = _string(body, 6)
    return Part(
        section=section,
        kind=kind,
        parameters=parameters,
        encoding=_string(body, 5).lower(),
        size=int(size) if re.fullmatch(r"[0-9]{1,10}", size) else 0,
        disposition=disposition,
        filename=_parameter(told, "filename") or _parameter(parameters, "name"),
        description=_string(body, 4),
        content_id=_string(body, 3),
        related=related,
    )


def _string(body: list[Value], place: int) -> str:
    value = body[place] if place < len(body) else None
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""


def _pairs(value: Value) -> dict[str, str]:
    if not isinstance(value, list):
        return {}
    return {_string(value, at).lower(): _string(value, at + 1) for at in range(0, len(value) - 1, 2)}


def _parameter(parameters: Mapping[str, str], name: str) -> str:
    """A parameter's value; one in pieces (RFC 2231: `name*0*`, `name*1*`) is put together, not decoded."""
    pieces = sorted(key for key in parameters if key == name or key.startswith(f"{name}*"))
    return "".join(parameters[key] for key in pieces)


def leaves(node: Group | Part) -> Iterator[Part]:
    """Every part that is no container, in the order of the mail."""
    if isinstance(node, Part):
        yield node
        return
    for child in node.children:
        yield from leaves(child)
