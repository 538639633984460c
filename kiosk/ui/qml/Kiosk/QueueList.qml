pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// A list of posts that never moves under the hand: new ones join below what is seen.
ListView {
    id: root

    required property DeskView view
    required property string column
    required property int chosenRow
    required property string emptyWords
    required property real unit

    Accessible.role: Accessible.List
    boundsBehavior: Flickable.StopAtBounds
    cacheBuffer: 0
    clip: true
    spacing: 6 * root.unit

    delegate: QueueRow {
        required property int index

        active: root.view.column === root.column
        chosen: root.chosenRow === index
        unit: root.unit
        width: ListView.view.width

        onPicked: root.view.choose(root.column, index)
    }

    onChosenRowChanged: positionViewAtIndex(chosenRow, ListView.Contain)

    DeskLabel {
        anchors.centerIn: parent
        horizontalAlignment: Text.AlignHCenter
        ink: Theme.deskQuiet
        size: 17 * root.unit
        text: root.emptyWords
        visible: root.count === 0
        width: parent.width * 0.8
        wrapMode: Text.Wrap
    }
}
