import QtQuick
import Kiosk

// Every action as a button with its key.
Flow {
    id: root

    required property DeskView view
    required property real unit

    spacing: 8 * root.unit

    DeskButton {
        letter: "A"
        mark: Theme.good
        unit: root.unit
        words: qsTr("Approve")

        onPressed: root.view.approve()
    }

    DeskButton {
        letter: "R"
        mark: Theme.bad
        unit: root.unit
        words: qsTr("Reject")

        onPressed: root.view.reject()
    }

    DeskButton {
        letter: "S"
        mark: Theme.warn
        unit: root.unit
        words: qsTr("Stash")

        onPressed: root.view.stash()
    }

    DeskButton {
        letter: "H"
        unit: root.unit
        words: qsTr("Hide from wall")

        onPressed: root.view.hide()
    }

    DeskButton {
        letter: "Z"
        unit: root.unit
        words: qsTr("Undo")

        onPressed: root.view.undo()
    }

    DeskButton {
        letter: qsTr("Space")
        unit: root.unit
        words: qsTr("Preview")

        onPressed: root.view.preview()
    }

    DeskButton {
        letter: "M"
        unit: root.unit
        words: qsTr("Mode")

        onPressed: root.view.switchMode()
    }

    DeskButton {
        letter: "P"
        mark: Theme.bad
        unit: root.unit
        words: root.view.alarm.raised ? qsTr("Leave panic") : qsTr("Panic")

        onPressed: root.view.panic()
    }

    // The show.
    Item {
        height: 1
        width: 10 * root.unit
    }

    DeskButton {
        letter: "F"
        unit: root.unit
        words: qsTr("Feature")

        onPressed: root.view.cues.feature()
    }

    DeskButton {
        letter: "L"
        mark: root.view.cues.held ? Theme.warn : Theme.deskRaised
        unit: root.unit
        words: root.view.cues.held ? qsTr("Let go") : qsTr("Hold")

        onPressed: root.view.cues.hold()
    }

    DeskButton {
        letter: "B"
        unit: root.unit
        words: qsTr("Back")

        onPressed: root.view.cues.back()
    }

    DeskButton {
        letter: "N"
        unit: root.unit
        words: qsTr("Next")

        onPressed: root.view.cues.next()
    }

    DeskButton {
        letter: "T"
        unit: root.unit
        words: qsTr("Pin post")

        onPressed: root.view.cues.pin()
    }

    DeskButton {
        letter: "Y"
        unit: root.unit
        words: qsTr("Pin scene")

        onPressed: root.view.cues.pinScene()
    }

    DeskButton {
        letter: "U"
        mark: Theme.warn
        unit: root.unit
        visible: root.view.cues.pinned !== ""
        words: qsTr("Unpin")

        onPressed: root.view.cues.unpin()
    }
}
