"""Mails as a server would describe them, made of their bytes with the standard library's own reader."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32
from typing import TYPE_CHECKING

from factories import EVENING

from kiosk.sources.mail.headers import Headers
from kiosk.sources.mail.messages import Letter
from kiosk.sources.mail.parts import Group, Part

if TYPE_CHECKING:
    from email.message import Message


def letter(raw: bytes) -> Letter:
    """The letter in these bytes, come at the evening's beginning; mails within it stay closed."""
    texts: dict[str, bytes] = {}
    read = message_from_bytes(raw, policy=compat32)
    structure = _node(read, "", texts, related=False)
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return Letter(Headers(head), structure, EVENING, texts)


def _node(message: Message, section: str, texts: dict[str, bytes], *, related: bool) -> Group | Part:
    payload = message.get_payload()
    if isinstance(payload, list) and message.get_content_maintype() == "multipart":
        subtype = message.get_content_subtype()
        return Group(
            subtype,
            tuple(
                _node(
                    child,
                    f"{section}.{number}" if section else str(number),
                    texts,
                    related=related or subtype == "related",
                )
                for number, child in enumerate(payload, 1)
            ),
        )
    body = b"mail" if isinstance(payload, list) else str(payload).encode("utf-8", "surrogateescape")
    texts[section or "1"] = body
    return Part(
        section=section or "1",
        kind=message.get_content_type(),
        parameters={key.lower(): value for key, value in message.get_params([], unquote=True)[1:]},
        encoding=str(message.get("Content-Transfer-Encoding", "7bit")).strip().lower(),
        size=len(body),
        disposition=str(message.get("Content-Disposition", "")).partition(";")[0].strip().lower(),
        filename=str(message.get_filename("")),
        description=str(message.get("Content-Description", "")),
        content_id=str(message.get("Content-ID", "")),
        related=related,
    )
