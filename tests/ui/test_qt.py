from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest
import shiboken6
from PySide6.QtCore import QMetaProperty, QObject, QUrl, Signal
from PySide6.QtQml import QQmlComponent, QQmlEngine

from kiosk.ui.cards import CardStrip
from kiosk.ui.desk import DeskView
from kiosk.ui.deskpost import DeskPost
from kiosk.ui.health import Health, SourceView
from kiosk.ui.pieces import LinkView, PhotoView, QuoteView, WordsView
from kiosk.ui.posts import PostView
from kiosk.ui.qt import Property, make
from kiosk.ui.rows import PostRows
from kiosk.ui.stage import WallStage

ROOM = Path(__file__).parents[2] / "kiosk" / "ui"
TYPES = (
    CardStrip,
    DeskPost,
    DeskView,
    Health,
    LinkView,
    PhotoView,
    PostRows,
    PostView,
    QuoteView,
    SourceView,
    WallStage,
    WordsView,
)


class Lamp(QObject):
    litChanged = Signal()  # noqa: N815  # QML's spelling

    @Property(int, constant=True)
    def watts(self) -> int:
        return 60

    @Property(bool, notify=litChanged)
    def lit(self) -> bool:
        return True


def property_of(kind: type[QObject], name: str) -> QMetaProperty:
    return kind.staticMetaObject.property(kind.staticMetaObject.indexOfProperty(name))


def test_a_decorated_getter_is_a_property_that_qml_can_read():
    assert property_of(Lamp, "watts").typeName() == "int"
    assert Lamp().property("watts") == 60


def test_a_property_is_constant_or_tells_when_it_changes():
    assert property_of(Lamp, "watts").isConstant()
    assert property_of(Lamp, "lit").notifySignal().name() == b"litChanged"


@pytest.mark.parametrize("kind", TYPES)
def test_every_property_of_ours_is_constant_or_tells_when_it_changes(kind):
    meta = kind.staticMetaObject
    ours = [meta.property(number) for number in range(QObject.staticMetaObject.propertyCount(), meta.propertyCount())]
    assert [each.name() for each in ours if not each.isConstant() and not each.hasNotifySignal()] == []
    assert [each.name() for each in ours if each.isWritable()] == [], "QML must not be able to change what it is shown"


@pytest.mark.parametrize("kind", TYPES)
def test_qml_knows_our_types_but_cannot_make_them_by_itself(shell, kind):
    component = QQmlComponent(shell.engine)
    component.setData(f"import QtQml\nimport Kiosk\n{kind.__name__} {{}}".encode(), QUrl("file:///trial.qml"))
    assert component.isError()
    assert "not a type" not in component.errorString()
    assert ("made" in component.errorString()) or ("filled" in component.errorString())


@pytest.mark.parametrize("module", ["cards", "desk", "health", "pieces", "posts", "rows", "stage"])
def test_the_qml_tools_still_find_our_types_by_the_decorators_names(module):
    tool = Path(PySide6.__file__).parent / "scripts" / "metaobjectdump.py"
    said = subprocess.run(
        [sys.executable, tool, "--quiet", ROOM / f"{module}.py"], capture_output=True, text=True, check=True, timeout=60
    )
    kinds = [kind for file in json.loads(said.stdout) for kind in file["classes"] if kind.get("object")]
    assert kinds
    for kind in kinds:
        infos = {info["name"]: info["value"] for info in kind["classInfos"]}
        assert infos["QML.Element"] == "auto", kind["className"]
        assert infos["QML.Creatable"] == "false", kind["className"]


QML = b"""import QtQuick
Item { required property int size; width: size }"""


def component(engine: QQmlEngine, qml: bytes) -> QQmlComponent:
    made = QQmlComponent(engine)
    made.setData(qml, QUrl("file:///trial.qml"))
    return made


def test_what_qml_makes_is_ready_and_has_the_properties_it_was_given(shell):
    kind = component(shell.engine, QML)
    item = make(kind, {"size": 70})
    assert item.property("width") == 70
    shiboken6.delete(item)


def test_an_object_belongs_to_whoever_made_it_and_not_to_its_component(shell):
    kind = component(shell.engine, QML)
    for size in range(50):
        shiboken6.delete(make(kind, {"size": size}))
    assert "children" not in shiboken6.dump(kind), "a wall that runs for days would keep a piece of every card"
    kept = make(kind, {"size": 1})
    shiboken6.delete(kind)
    assert shiboken6.isValid(kept)
    shiboken6.delete(kept)


@pytest.mark.parametrize("qml", [b"import QtQuick\nItem { nonsense }", QML, b"import Nowhere\nItem {}"])
def test_a_fault_in_qml_is_told_in_qts_words_and_leaves_no_warning(shell, qml):
    with pytest.raises(RuntimeError, match=r"trial\.qml|size|Nowhere"):
        make(component(shell.engine, qml), {})
