"""PySide6's property decorator with the type that it has: type checkers misread the original, so it is wrapped once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Property as _Property

if TYPE_CHECKING:
    from collections.abc import Callable

    T = TypeVar("T")

    def Property(  # noqa: N802  # the QML tools look for this name
        kind: type | str, *, constant: bool = False, notify: object = None
    ) -> Callable[[Callable[[Any], T]], T]:
        """Make a getter a QML property of that kind."""
        ...
else:
    Property = _Property

__all__ = ["Property"]
