import QtQuick
import Kiosk

// The host's logo, the event's name, its hashtag and how to join; where there is no room for both, the logo is the name.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    readonly property real pad: Theme.px(0.022, root.screenHeight)
    readonly property bool upright: root.width < root.screenHeight

    color: Theme.ground

    Logo {
        id: logo

        anchors.verticalCenter: parent.verticalCenter
        room: Qt.size(root.upright ? root.width - invitation.width - root.pad * 3 : root.width * 0.22, root.height * 0.62)
        x: root.pad
    }

    PostText {
        id: title

        anchors.verticalCenter: parent.verticalCenter
        font.weight: Font.ExtraBold
        fontSizeMode: Text.Fit
        height: parent.height * 0.84
        ink: Theme.stageInk
        lineHeight: 1
        maximumLineCount: 2
        minimumPixelSize: Theme.px(Theme.scrollName, root.screenHeight)
        size: Theme.px(0.036, root.screenHeight)
        text: root.stage.title
        verticalAlignment: Text.AlignVCenter
        visible: !(root.upright && logo.visible)
        width: root.width - invitation.width - x - root.pad * 2
        x: logo.visible ? logo.x + logo.width + root.pad : root.pad
    }

    Column {
        id: invitation

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
