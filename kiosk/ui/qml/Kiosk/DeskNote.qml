import QtQuick
import Kiosk

// One thing that a moderator should know, after the sign for its kind.
Item {
    id: root

    required property string words
    required property string mark
    required property real unit
    property color ink: Theme.deskInk

    height: text.height
    visible: root.words !== ""

    DeskLabel {
        horizontalAlignment: Text.AlignHCenter
        ink: root.ink
        size: 15 * root.unit
        text: root.mark
        width: 18 * root.unit
    }

    PostText {
        id: text

        ink: root.ink
        size: 15 * root.unit
        text: root.words
        width: parent.width - x
        x: 26 * root.unit
    }
}
