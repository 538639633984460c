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
}
