pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// What can be chosen in a poll, from `first` on and at most so many, without votes.
Column {
    id: root

    required property PostView post
    required property color ink
    required property color quiet
    required property real size
    property int first: 0
    property int most: 6
    property int lines: 2
    property bool pictured: true

    spacing: Math.round(root.size * 0.45)

    Repeater {
        model: root.post.choices.slice(root.first, root.first + root.most)

        delegate: Rectangle {
            id: choice

            required property WordsView modelData

            color: Theme.wash(root.ink)
            height: Math.ceil(words.height + root.size * 0.75)
            width: root.width

            Rectangle {
                border.color: root.quiet
                border.width: Math.max(2, Math.round(root.size * 0.12))
                color: Theme.wash(root.quiet)
                height: width
                radius: width / 2
                width: Math.round(root.size * 0.82)
                x: root.size * 0.6
                y: Math.round(words.y + words.baselineOffset - root.size * 0.36 - height / 2)
            }

            PostText {
                id: words

                emojis: root.pictured ? choice.modelData.emojis : []
                ink: root.ink
                maximumLineCount: root.lines
                size: root.size
                text: choice.modelData.text
                width: root.width - x - root.size * 0.6
                x: root.size * 1.9
                y: root.size * 0.36
            }
        }
    }
}
