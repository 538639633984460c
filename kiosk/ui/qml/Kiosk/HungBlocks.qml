pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// What hangs on a post besides its words: the quoted post, the choices of a poll, where a link leads; all of it, at most
// so many, or `only` one. A moderator sees the whole of each.
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
    property string only: ""
    property int first: 0
    readonly property list<string> blocks: ["quote", "poll", "link"].filter(block => root.has(block)).slice(0, root.most)
    readonly property bool hanging: root.blocks.length > 0
    readonly property bool quoting: root.shows("quote")
    readonly property bool polling: root.shows("poll")
    readonly property bool linking: root.shows("link")

    function has(block: string): bool {
        return block === "quote" ? root.post.quote !== null : block === "poll" ? root.post.choices.length > 0 : root.post.link !== null;
    }

    function shows(block: string): bool {
        return root.blocks.includes(block) && (root.only === "" || root.only === block);
    }

    spacing: Math.round(root.size * 0.8)
    visible: root.hanging

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
        first: root.first
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
            lines: root.whole || root.lines > 5 ? root.lines : width < root.size * 16 ? 3 : 2
            link: root.post.link
            pictured: root.pictured
            quiet: root.quiet
            size: root.size
            whole: root.whole
        }
    }
}
