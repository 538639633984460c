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

    // A handle that has no room for its server is better without it than cut.
    readonly property string handle: root.post?.handle ?? ""
    readonly property string local: root.handle.replace(/^(\u2068?@[^@]+)@[^\u2069]*/, "$1")
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

                readonly property real room: parent.width - age.width - root.quietSize

                ink: root.quiet
                size: root.quietSize
                text: root.whole || measure.advanceWidth(root.handle) <= room ? root.handle : root.local
                width: Math.min(implicitWidth, room)
                wrapMode: root.whole ? Text.Wrap : Text.NoWrap
            }

            FontMetrics {
                id: measure

                font: handle.font
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
