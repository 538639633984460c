import QtQuick
import Kiosk

// What only the moderator reads of a post: why it is held, what its source remarks, where it stands, here and elsewhere.
Column {
    id: root

    required property DeskPost post
    required property real unit

    spacing: 8 * root.unit

    DeskNote {
        ink: Theme.warn
        mark: "▲"
        unit: root.unit
        width: parent.width
        words: root.post.reasons
    }

    DeskNote {
        mark: "i"
        unit: root.unit
        width: parent.width
        words: root.post.remarks
    }

    DeskNote {
        mark: "⇄"
        unit: root.unit
        width: parent.width
        words: root.post.elsewhere === "" ? "" : qsTr("Also on: ") + root.post.elsewhere
    }

    DeskNote {
        ink: Theme.deskQuiet
        mark: "·"
        unit: root.unit
        width: parent.width
        words: root.post.standing + (root.post.details !== "" ? " · " + root.post.details : "")
    }
}
