import QtQuick
import Kiosk

// The author's round picture, or the first letter of their name.
Rectangle {
    id: root

    required property PostView post
    required property real size
    required property color ink
    required property color ground
    property bool pictured: true
    readonly property bool shown: root.pictured && root.post !== null && root.post.avatar !== ""

    color: root.ink
    height: root.size
    radius: root.size / 2
    width: root.size

    PostText {
        anchors.centerIn: parent
        font.weight: Font.ExtraBold
        ink: root.ground
        size: root.size * 0.5
        text: root.post?.initial ?? ""
        visible: !root.shown
    }

    Image {
        anchors.fill: parent
        cache: false
        smooth: true
        source: root.shown ? root.post.avatar : ""
        visible: root.shown
    }
}
