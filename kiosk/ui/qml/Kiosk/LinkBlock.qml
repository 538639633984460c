pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Where a link leads: its picture, its title and its host, never its address.
Rectangle {
    id: root

    required property LinkView link
    required property color ink
    required property color quiet
    required property real size
    property int lines: 2
    property bool pictured: true
    property bool whole: false
    readonly property bool wide: root.link.picture.address !== ""
    readonly property real pad: root.size * 0.8

    color: Theme.wash(root.ink)
    height: Math.ceil(Math.max(words.height + root.pad * 1.7, root.wide ? root.size * 5.2 : 0))

    Loader {
        id: picture
        active: root.wide && root.pictured
        height: parent.height
        width: root.wide ? Math.round(Math.min(root.width * 0.34, root.size * 6.5)) : 0

        sourceComponent: FocusedPhoto {
            photo: root.link.picture
            whole: root.whole
        }
    }

    Column {
        id: words

        anchors.verticalCenter: parent.verticalCenter
        spacing: root.size * 0.3
        width: root.width - x - root.pad
        x: picture.width + root.pad

        PostText {
            font.weight: Font.ExtraBold
            ink: root.ink
            maximumLineCount: root.whole ? 99 : root.lines
            size: root.size
            text: root.link.title
            width: parent.width
        }

        PostText {
            ink: root.ink
            size: root.size
            text: root.link.description
            visible: root.whole && text !== ""
            width: parent.width
        }

        PostText {
            elide: Text.ElideMiddle
            ink: root.quiet
            maximumLineCount: 1
            size: root.size
            text: "↗ " + root.link.place
            visible: root.link.place !== "" && root.link.place !== root.link.title
            width: parent.width
            wrapMode: Text.NoWrap
        }
    }
}
