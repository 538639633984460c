import QtQuick
import Kiosk

// One post in a list: its photo, its words, who and when, and why a rule held it.
Rectangle {
    id: root

    required property DeskPost post
    required property string thumb
    required property bool chosen
    required property bool active
    required property real unit

    signal picked

    Accessible.name: root.post.byline + ": " + root.post.line
    Accessible.role: Accessible.ListItem
    border.color: root.chosen ? (root.active ? Theme.deskFocus : Theme.deskLine) : Theme.deskGround
    border.width: root.chosen ? 3 : 1
    color: root.chosen ? Theme.deskRaised : Theme.deskPanel
    height: Math.max(76 * root.unit, words.height + 22 * root.unit)
    radius: 6 * root.unit

    Rectangle {
        id: frame

        clip: true
        color: Theme.deskGround
        height: 60 * root.unit
        visible: root.post.pictorial
        width: visible ? 80 * root.unit : 0
        x: 10 * root.unit
        y: 10 * root.unit

        Image {
            anchors.fill: parent
            cache: false
            fillMode: Image.PreserveAspectCrop
            source: root.thumb
        }
    }

    Column {
        id: words

        spacing: 3 * root.unit
        width: root.width - x - 12 * root.unit
        x: frame.width + (frame.visible ? 22 : 14) * root.unit
        y: Math.round((root.height - height) / 2)

        PostText {
            ink: root.post.gone ? Theme.deskQuiet : Theme.deskInk
            maximumLineCount: 2
            size: 16 * root.unit
            text: root.post.line
            visible: text !== ""
            width: parent.width
        }

        PostText {
            ink: Theme.deskQuiet
            maximumLineCount: 1
            size: 13 * root.unit
            text: (root.post.hung !== "" ? root.post.hung + "  · " : "") + root.post.byline
            width: parent.width
            wrapMode: Text.NoWrap
        }

        DeskLabel {
            ink: root.post.gone ? Theme.bad : Theme.warn
            maximumLineCount: 2
            size: 13 * root.unit
            text: root.post.gone ? "✕ " + root.post.standing : "▲ " + root.post.reasons
            visible: root.post.gone || root.post.reasons !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.picked()
    }
}
