pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// What hangs on a post, without the post: all of it on one page where it fits, else a page for each of its blocks, and
// two for the choices of a long poll.
Item {
    id: root

    required property PostView post
    required property color ink
    required property color quiet
    required property int size
    required property int largest
    property int page: 0
    property bool pictured: true
    readonly property bool whole: all.height <= root.height
    readonly property bool halved: poll.height > root.height
    readonly property int half: root.halved ? Math.ceil(root.post.choices.length / 2) : root.post.choices.length

    // Quote, poll, link: as it happens, the order of the alphabet backwards.
    readonly property list<string> blocks: root.whole ? [""] : root.halved ? all.blocks.concat(["poll"]).sort().reverse() : all.blocks
    readonly property int pages: root.blocks.length
    readonly property int turned: Math.max(0, Math.min(root.page, root.pages - 1))
    readonly property string block: root.blocks[root.turned] ?? ""
    readonly property bool second: root.turned > 0 && root.blocks[root.turned - 1] === root.block

    // Nothing becomes higher than by the square of its letters' growth.
    readonly property bool roomy: one.height * Math.pow(root.largest / root.size, 2) <= root.height

    // Measured only; what is not visible would not be laid out anew.
    component Measured: HungBlocks {
        choiceLines: 99
        ink: root.ink
        lines: 99
        pictured: false
        post: root.post
        quiet: root.quiet
        size: root.size
        opacity: 0
        width: root.width
    }

    Measured {
        id: all
    }

    Measured {
        id: poll

        only: "poll"
    }

    Measured {
        id: one

        only: root.block
    }

    HungBlocks {
        anchors.verticalCenter: parent.verticalCenter
        choiceLines: root.halved ? 3 : 99
        choices: root.half
        first: root.second ? root.half : 0
        ink: root.ink
        lines: root.whole ? 99 : Math.max(4, Math.floor(root.height / (root.size * 1.36)) - 3)
        only: root.block
        pictured: root.pictured
        post: root.post
        quiet: root.quiet
        size: root.roomy ? root.largest : root.size
        width: parent.width
    }
}
