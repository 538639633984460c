import QtQuick
import Kiosk

// What is on the wall now and what comes next; what is marked here can be taken off, featured or pinned.
Rectangle {
    id: root

    required property DeskView view
    required property real unit

    color: Theme.deskPanel
    radius: 8 * root.unit

    DeskLabel {
        id: caption

        font.weight: Font.ExtraBold
        ink: root.view.column === "air" ? Theme.deskFocus : Theme.deskInk
        size: 15 * root.unit
        text: root.view.alarm.raised ? qsTr("On the wall: the safe slate") : qsTr("On the wall now") + "  " + list.count
        x: 14 * root.unit
        y: 12 * root.unit
    }

    CueStrip {
        id: strip

        anchors {
            left: parent.left
            leftMargin: 14 * root.unit
            right: parent.right
            rightMargin: 14 * root.unit
            top: caption.bottom
            topMargin: 6 * root.unit
        }

        cues: root.view.cues
        unit: root.unit
    }

    QueueList {
        id: list

        anchors {
            bottom: parent.bottom
            left: parent.left
            margins: 8 * root.unit
            right: parent.right
            top: strip.bottom
        }

        chosenRow: root.view.airRow
        column: "air"
        emptyWords: qsTr("No post is on the wall.")
        model: root.view.air
        unit: root.unit
        view: root.view
    }
}
