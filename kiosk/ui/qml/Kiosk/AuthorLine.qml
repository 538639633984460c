import QtQuick
import Kiosk

// Who posted, and how long ago.
Row {
    id: root

    required property PostView post
    required property real nameSize
    required property real quietSize
    required property color ink
    required property color quiet
    required property color ground
    property bool pictured: true
    property bool whole: false
    readonly property string picture: root.pictured ? root.post?.avatar ?? "" : ""

    spacing: root.nameSize * 0.55

    Avatar {
        anchors.verticalCenter: parent.verticalCenter
        ground: root.ground
        ink: root.quiet
        picture: root.picture
        post: root.post
        size: root.nameSize * 2
    }

    Column {
        anchors.verticalCenter: parent.verticalCenter
        width: root.width - root.nameSize * 2.55

        PostText {
            emojis: root.pictured ? root.post?.nameEmojis ?? [] : []
            font.weight: Font.ExtraBold
            ink: root.ink
            maximumLineCount: root.whole ? 99 : 1
            size: root.nameSize
            text: root.post?.name ?? ""
            width: parent.width
            wrapMode: root.whole ? Text.Wrap : Text.NoWrap
        }

        Item {
            height: handle.height
            width: parent.width

            PostText {
                id: handle

                ink: root.quiet
                size: root.quietSize
                text: root.post?.handle ?? ""
                width: Math.min(implicitWidth, parent.width - age.width - root.quietSize)
                wrapMode: root.whole ? Text.Wrap : Text.NoWrap
            }

            PostText {
                id: age

                ink: root.quiet
                size: root.quietSize
                text: "· " + (root.post?.age ?? "")
                anchors.baseline: handle.baseline
                wrapMode: Text.NoWrap
                x: handle.contentWidth + root.quietSize * 0.35
            }
        }
    }
}
