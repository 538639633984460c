import QtQuick
import Kiosk

// The event's name, its hashtag and how to join.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    readonly property real pad: Theme.px(0.022, root.screenHeight)

    color: Theme.stage

    PostText {
        id: title

        anchors.verticalCenter: parent.verticalCenter
        font.weight: Font.ExtraBold
        ink: Theme.stageInk
        maximumLineCount: 1
        size: Theme.px(0.036, root.screenHeight)
        text: root.stage.title
        width: Math.min(implicitWidth, root.width * 0.42)
        wrapMode: Text.NoWrap
        x: root.pad
    }

    Column {
        anchors.right: parent.right
        anchors.rightMargin: root.pad
        anchors.verticalCenter: parent.verticalCenter

        PostText {
            anchors.right: parent.right
            font.weight: Font.ExtraBold
            ink: Theme.accent
            size: Theme.px(0.042, root.screenHeight)
            text: root.stage.hashtag
            wrapMode: Text.NoWrap
        }

        PostText {
            anchors.right: parent.right
            ink: Theme.stageQuiet
            size: Theme.px(Theme.scrollSmall, root.screenHeight)
            text: root.stage.join
            visible: text !== "" && root.width > root.screenHeight
            wrapMode: Text.NoWrap
        }
    }
}
