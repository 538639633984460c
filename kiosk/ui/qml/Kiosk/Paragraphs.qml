pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Paragraphs of a post, each from the side that it runs from; those that run the same way are one text.
Column {
    id: root

    required property string text
    required property list<string> emojis
    required property color ink
    required property real size
    property int weight: Font.Medium
    property real lineHeight: 1.12
    readonly property list<string> runs: Fit.runs(root.text)

    Repeater {
        model: root.runs

        delegate: PostText {
            required property string modelData
            required property int index

            elide: Text.ElideNone
            emojis: root.emojis.slice(Fit.held(root.runs, index))
            font.weight: root.weight
            ink: root.ink
            lineHeight: root.lineHeight
            size: root.size
            text: modelData
            width: root.width
        }
    }
}
