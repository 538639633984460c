import QtQuick
import Kiosk

// The safe slate: needs no database, no network and no font but ours.
Rectangle {
    id: root

    required property string title
    required property int screenHeight

    color: Theme.stage

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.accent
        height: Theme.px(0.02, root.screenHeight)
        width: parent.width
    }

    Logo {
        anchors.horizontalCenter: parent.horizontalCenter
        ground: Theme.stage
        room: Qt.size(root.width * 0.4, root.height * 0.18)
        y: root.height * 0.24 - height / 2
    }

    PostText {
        anchors.centerIn: parent
        font.weight: Font.ExtraBold
        fontSizeMode: Text.Fit
        height: parent.height * 0.5
        horizontalAlignment: Text.AlignHCenter
        ink: Theme.stageInk
        minimumPixelSize: Theme.px(0.04, root.screenHeight)
        size: Theme.px(0.12, root.screenHeight)
        text: root.title
        verticalAlignment: Text.AlignVCenter
        width: parent.width * 0.86
    }
}
