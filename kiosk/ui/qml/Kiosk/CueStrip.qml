pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The show in three lines: what is up and whether it is held, what comes next, and what is pinned, if anything is.
Column {
    id: root

    required property Cues cues
    required property real unit

    spacing: 2 * root.unit

    component Line: Row {
        id: line

        required property string caption
        required property string words
        property color ink: Theme.deskInk
        property bool marked: false

        spacing: 8 * root.unit
        width: root.width

        DeskLabel {
            id: before

            anchors.baseline: after.baseline
            ink: line.marked ? Theme.warn : Theme.deskQuiet
            size: 14 * root.unit
            text: line.caption
            width: 58 * root.unit
        }

        PostText {
            id: after

            ink: line.ink
            maximumLineCount: 1
            size: 14 * root.unit
            text: line.words
            width: line.width - before.width - line.spacing
            wrapMode: Text.NoWrap
        }
    }

    Line {
        caption: root.cues.held ? qsTr("■ Held") : qsTr("Up")
        ink: root.cues.held ? Theme.warn : Theme.deskInk
        marked: root.cues.held
        words: root.cues.now
    }

    Line {
        caption: qsTr("Next")
        words: root.cues.upcoming
    }

    Line {
        caption: qsTr("● Pin")
        ink: Theme.warn
        marked: true
        visible: root.cues.pinned !== ""
        words: root.cues.pinned
    }
}
