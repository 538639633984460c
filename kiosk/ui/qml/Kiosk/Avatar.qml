import QtQuick
import Kiosk

// The author's round picture, or the first letter of their name.
Rectangle {
    id: root

    required property PostView post
    required property real size
    required property color ink
    required property color ground
    property string picture: root.post?.avatar ?? ""

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
        visible: root.picture === ""
    }

    Image {
        anchors.fill: parent
        cache: false
        smooth: true
        source: root.picture
        visible: root.picture !== ""
    }
}
