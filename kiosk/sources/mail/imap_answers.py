"""What an IMAP server says of messages, read into values: strings, lists and nothing.

See RFC 3501 (https://www.rfc-editor.org/rfc/rfc3501#section-7.4.2). Everything here is pure, bounded, and raises only
ValueError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value = bytes | None | list["Value"]
"""What stands in an answer: a string or an atom, NIL, or a list of these."""

DEEPEST: Final = 60
"""Lists within lists; more is no mail that a person wrote."""

_TOKEN: Final = re.compile(
    rb"""\s*(?:
        (?P<open>\() | (?P<close>\)) |
        "(?P<quoted>(?:[^"\\]|\\.)*)" |
        ~?\{(?P<size>\d{1,9})\+?\}\r\n |
        (?P<atom>[^\s()"{\[]+(?:\[[^\]]*\](?:<\d+>)?)?)
    )""",
    re.VERBOSE | re.DOTALL,
)


class Fetched(NamedTuple):
    """What a server said of one message: the items that were asked for, by their upper-case names."""

    items: dict[str, Value]

    def number(self, name: str) -> int:
        """A number, such as UID or RFC822.SIZE, of at most ten digits (RFC 3501: 32 bits).

        Raises:
            ValueError: where there is none.

        """
        value = self.items.get(name)
        if not isinstance(value, bytes) or not re.fullmatch(rb"\d{1,10}", value):
            raise ValueError(f"it has no {name}")
        return int(value)

    def text(self, name: str) -> bytes:
        """A string, b"" for none."""
        value = self.items.get(name)
        return value if isinstance(value, bytes) else b""

    def section(self, name: str) -> bytes:
        """The bytes of `BODY[name]`, however the server repeats the name and the range asked for."""
        wanted = f"BODY[{name}".upper()
        found = (value for key, value in self.items.items() if re.split(r"[\]\s]", key)[0] == wanted)
        return next((value for value in found if isinstance(value, bytes)), b"")


def read_fetch(data: Sequence[bytes | tuple[bytes, bytes] | None]) -> tuple[dict[int, Fetched], int]:
    """Read what `imaplib` returns of a FETCH: messages by UID, and how many items could not be read.

    Each message's answer is read on its own, so that a broken one loses only itself.
    """
    found: dict[int, Fetched] = {}
    bad = 0
    for answer in _answers(data):
        try:
            match read_values(answer):
                case [bytes(), list() as pairs]:
                    fetched = Fetched({_name(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=False)})
                case _:
                    raise ValueError("it is no list of items")  # noqa: TRY301  # one place counts them
            if "UID" in fetched.items:  # an answer without one tells of another client's change of flags
                found[fetched.number("UID")] = fetched
        except ValueError:
            bad += 1
    return found, bad


def _name(key: Value) -> str:
    return key.decode("ascii", "replace").upper() if isinstance(key, bytes) else ""


def _answers(data: Sequence[bytes | tuple[bytes, bytes] | None]) -> Iterator[bytes]:
    """Put together what imaplib took apart at each literal: (before, literal) pairs, then the rest of the line."""
    held: list[bytes] = []
    for piece in data:
        if isinstance(piece, tuple):
            held += (piece[0], b"\r\n", piece[1])
        elif piece is not None:
            yield b"".join((*held, piece))
            held.clear()
    if held:
        yield b"".join(held)


def read_values(answer: bytes) -> list[Value]:
    """Read the values of one answer.

    Raises:
        ValueError: where brackets do not match, a string does not end, or lists stand too deep in one another.

    """
    stack: list[list[Value]] = [[]]
    at, end = 0, len(answer.rstrip())
    while at < end:
        token = _TOKEN.match(answer, at)
        if token is None:
            raise ValueError("a value cannot be read")
        at = token.end()
        if token["open"]:
            inner: list[Value] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif token["close"]:
            stack.pop()
        elif token["size"] is not None:
            size = int(token["size"])
            stack[-1].append(answer[at : at + size])
            at += size
        elif token["quoted"] is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", token["quoted"], flags=re.DOTALL))
        else:
            stack[-1].append(None if token["atom"].upper() == b"NIL" else token["atom"])
        if not 0 < len(stack) <= DEEPEST:
            raise ValueError("its brackets do not match, or stand too deep")
    if len(stack) != 1:
        raise ValueError("a bracket is not closed")
    return stack[0]
