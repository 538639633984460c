"""Addresses in a text, as a hall reads them: by their host alone."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from kiosk.domain.text import one_line

_HOST: Final = r"[^\s/?#<>\"“”„«»、。，．！？（）「」『』【】\u2066-\u2069]+"
_PATH: Final = r"(?:[/?#](?:[!#-;=?-~]|…)*)?"
"""ASCII alone, as browsers write it: what follows in another script belongs to the text, not to the address."""

_ADDRESS: Final = re.compile(
    rf"(?<![A-Za-z0-9@./])(?:https?://|www\.){_HOST}{_PATH}"
    r"|(?<![\w@./])(?:[\w-]+\.)+[^\W\d_]{2,}/[!#-;=?-~]*(?:…|\.\.\.)",
    re.IGNORECASE,
)
"""What begins as an address, or was shortened by its author's server: `example.com/talks/20…`."""

_TRAILING: Final = re.compile(r"[.,;:!?'’。、！？，]+$")
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}


def with_hosts(text: str) -> str:
    """Put its host in the place of each address in a text, without `www.`; everything else stays as it is.

    The host is the one that a browser would go to (RFC 3986), never what a user name before an @ looks like. An
    address without a readable host stays.
    """
    return _ADDRESS.sub(_named, text) if "." in text else text


def without_addresses(text: str) -> str:
    """Put a space in the place of each address in a text."""
    return _ADDRESS.sub(" ", text) if "." in text else text


def _named(match: re.Match[str]) -> str:
    address, after = _ended(match[0])
    host = host_of(address if "://" in address else f"https://{address}")
    return f"{host}{after}" if host else match[0]


def _ended(address: str) -> tuple[str, str]:
    """An address and what stands right behind it: the end of a sentence, or a bracket that was opened before it."""
    end = len(address)
    while end:
        kept = address[:end]
        opening = _BRACKETS.get(kept[-1])
        unopened = opening is not None and kept.count(kept[-1]) > kept.count(opening)
        shortened = kept.endswith(("…", "..."))
        if not unopened and (shortened or not _TRAILING.search(kept)):
            break
        end -= 1
    return address[:end], address[end:]


def host_of(url: str) -> str:
    """The host of an address as people say it, "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    host = one_line(host).removeprefix("www.")
    return host if "." in host or host == "localhost" else ""
