"""What PySide6 gets wrong, put right once: the types of two decorators, and who owns what QML makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Property as _Property
from PySide6.QtQml import QmlUncreatable as _QmlUncreatable
from PySide6.QtQml import QQmlIncubator

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject
    from PySide6.QtQml import QQmlComponent

    T = TypeVar("T")

    def Property(  # noqa: N802  # the QML tools look for this name
        kind: type | str, *, constant: bool = False, notify: object = None
    ) -> Callable[[Callable[[Any], T]], T]:
        """Make a getter a QML property of that kind."""
        ...

    def QmlUncreatable(reason: str) -> Callable[[type[T]], type[T]]:  # noqa: N802  # the QML tools look for this name
        """Make a class a QML type that only Python makes, for `reason`."""
        ...
else:
    Property = _Property
    QmlUncreatable = _QmlUncreatable


def make(component: QQmlComponent, properties: dict[str, object]) -> QObject:
    """Make a component's object with these properties; the caller deletes it (`shiboken6.delete`).

    `QQmlComponent.create` would hang the object on its component: PySide6 then keeps every object ever made, and
    crashes when the component goes.

    Raises:
        RuntimeError: with Qt's words, where the QML has a fault.

    """
    if component.isError():
        raise RuntimeError(component.errorString())
    incubator = QQmlIncubator(QQmlIncubator.IncubationMode.Synchronous)
    incubator.setInitialProperties(properties)
    component.create(incubator)
    if incubator.isError():
        raise RuntimeError("\n".join(error.toString() for error in incubator.errors()))
    return incubator.object()


__all__ = ["Property", "QmlUncreatable", "make"]
