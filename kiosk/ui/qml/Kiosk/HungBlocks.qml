pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// What hangs on a post besides its words: the quoted post, the choices of a poll, where a link leads; at most so many, or
// the whole of them for a moderator.
Column {
    id: root

    required property PostView post
    required property color ink
    required property color quiet
    required property real size
    property int lines: 5
    property int most: 3
    property int choices: 6
    property int choiceLines: 2
    property bool pictured: true
    property bool whole: false
    readonly property bool quoting: root.post.quote !== null
    readonly property bool polling: root.post.choices.length > 0 && root.most > (root.quoting ? 1 : 0)
    readonly property bool linking: root.post.link !== null && root.most > (root.quoting ? 1 : 0) + (root.polling ? 1 : 0)

    spacing: Math.round(root.size * 0.8)
    visible: root.quoting || root.polling || root.linking

    Loader {
        active: root.quoting
        visible: active
        width: parent.width

        sourceComponent: QuoteBlock {
            ink: root.ink
            lines: root.lines
            pictured: root.pictured
            quiet: root.quiet
            quote: root.post.quote
            size: root.size
            whole: root.whole
        }
    }

    PollBlock {
        ink: root.ink
        lines: root.whole ? 99 : root.choiceLines
        most: root.choices
        pictured: root.pictured
        post: root.post
        quiet: root.quiet
        size: root.size
        visible: root.polling
        width: parent.width
    }

    Loader {
        active: root.linking
        visible: active
        width: parent.width

        sourceComponent: LinkBlock {
            ink: root.ink
            link: root.post.link
            pictured: root.pictured
            quiet: root.quiet
            size: root.size
            whole: root.whole
        }
    }
}
