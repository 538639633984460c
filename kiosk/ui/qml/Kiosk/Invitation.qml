import QtQuick
import Kiosk

// What the wall shows while nothing is approved: an invitation, never nothing.
Item {
    id: root

    required property WallStage stage
    required property int screenHeight

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(0.03, root.screenHeight)
        width: root.width * 0.86

        Logo {
            anchors.horizontalCenter: parent.horizontalCenter
            room: Qt.size(root.width * 0.4, Theme.px(0.14, root.screenHeight))
        }

        PostText {
            font.weight: Font.ExtraBold
            fontSizeMode: Text.HorizontalFit
            horizontalAlignment: Text.AlignHCenter
            ink: Theme.accent
            minimumPixelSize: Theme.px(0.05, root.screenHeight)
            size: Theme.px(0.16, root.screenHeight)
            text: root.stage.hashtag !== "" ? root.stage.hashtag : root.stage.title
            width: parent.width
            wrapMode: Text.NoWrap
        }

        PostText {
            horizontalAlignment: Text.AlignHCenter
            ink: Theme.stageInk
            size: Theme.px(0.045, root.screenHeight)
            text: root.stage.join !== "" ? root.stage.join : qsTr("Be the first on this wall")
            width: parent.width
        }
    }
}
