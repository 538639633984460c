import QtQuick
import Kiosk

// One action with the key that does the same.
Rectangle {
    id: root

    required property string letter
    required property string words
    property color mark: Theme.deskRaised
    property real unit: 1

    signal pressed

    Accessible.name: root.words
    Accessible.role: Accessible.Button
    border.color: area.containsMouse ? Theme.deskFocus : Theme.deskLine
    border.width: 1
    color: area.pressed ? Theme.deskLine : Theme.deskPanel
    height: 42 * root.unit
    radius: 6 * root.unit
    width: badge.width + label.implicitWidth + 34 * root.unit

    Accessible.onPressAction: root.pressed()

    Rectangle {
        id: badge

        anchors.verticalCenter: parent.verticalCenter
        color: root.mark
        height: 26 * root.unit
        radius: 4 * root.unit
        width: Math.max(height, key.implicitWidth + 12 * root.unit)
        x: 9 * root.unit

        DeskLabel {
            id: key

            anchors.centerIn: parent
            font.weight: Font.ExtraBold
            ink: root.mark === Theme.deskRaised ? Theme.deskInk : Theme.dark
            size: 15 * root.unit
            text: root.letter
        }
    }

    DeskLabel {
        id: label

        anchors.verticalCenter: parent.verticalCenter
        size: 15 * root.unit
        text: root.words
        x: badge.x + badge.width + 8 * root.unit
    }

    MouseArea {
        id: area

        anchors.fill: parent
        hoverEnabled: true
        onClicked: root.pressed()
    }
}
