pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// One post with the whole stage, pressed into a picture: its photos at their best, its words as large as they fit, on as
// many pages as they need; what hangs on it has pages of its own where words and photos leave it no room.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    property int page: 0
    property bool pictured: true
    readonly property int pages: Math.max(1, root.readPages + ((alone.item as HungPages)?.pages ?? 0))
    readonly property int turned: Math.min(root.page, root.pages - 1)

    readonly property bool wide: root.post.photos.length > 0
    readonly property bool upright: height > width
    readonly property int tone: root.post.tone
    readonly property color ink: Theme.inks[root.tone]
    readonly property color quiet: Theme.quiets[root.tone]
    readonly property real pad: Theme.px(0.055, Math.min(root.screenHeight, root.width))
    readonly property real gap: root.pad * 0.6
    readonly property real long: Math.min(1, root.post.extent / (root.upright ? 240 : 320) + (beside.hanging ? 0.35 : 0))
    readonly property bool wordless: root.post.text === ""
    readonly property int small: Theme.px(root.upright ? Theme.uprightSmall : Theme.spotSmall, root.screenHeight)

    // Words, photos and what hangs on them share a page only if all of it fits.
    readonly property real spare: root.room - beside.height - root.gap
    readonly property bool together: beside.hanging && (root.wordless ? beside.height <= root.room : root.spare > root.room * 0.25 && words.pagesWithin(root.spare) === 1)
    readonly property int wordPages: root.wordless ? (root.wide && beside.hanging && !root.together ? 1 : 0) : words.pages.length
    readonly property int photoPages: root.post.photos.length > 1 ? root.post.photos.length + 1 : 0
    readonly property int readPages: Math.max(root.wordPages, root.photoPages)
    readonly property bool reading: root.together || !beside.hanging || root.turned < root.readPages
    readonly property real room: side.height - author.height - root.gap

    clip: true
    color: Theme.papers[root.tone]

    Loader {
        id: panel

        active: root.wide && root.pictured && root.reading
        height: !root.wide ? 0 : root.upright ? Math.round(root.height * (0.5 - 0.28 * root.long)) : root.height
        width: !root.wide ? 0 : root.upright ? root.width : Math.round(root.width * (0.6 - 0.14 * root.long))

        sourceComponent: SpotlightPhotos {
            page: root.turned
            post: root.post
            screenHeight: root.screenHeight
        }
    }

    Item {
        id: side

        height: root.height - y - root.pad
        visible: root.reading
        width: root.width - x - root.pad
        x: (root.upright ? 0 : panel.width) + root.pad
        y: (root.upright ? panel.height : 0) + root.pad

        FittedText {
            id: words

            emojis: root.pictured ? root.post.emojis : []
            height: root.together ? root.spare : root.room
            ink: root.ink
            least: root.small
            most: Theme.px(Theme.spotBody * (root.wide ? 0.45 : root.together ? 0.62 : 1), root.screenHeight)
            page: root.turned
            room: root.room
            text: root.post.text
            visible: !root.wordless
            width: parent.width
        }

        HungBlocks {
            id: beside

            choiceLines: 99
            ink: root.ink
            lines: 99
            pictured: root.pictured
            post: root.post
            quiet: root.quiet
            size: root.wordless && !root.upright ? Theme.px(Theme.spotQuote, root.screenHeight) : root.small
            visible: root.together
            width: parent.width
            y: root.wordless ? (root.room - height) / 2 : root.room - height
        }
    }

    Loader {
        id: alone

        active: beside.hanging && !root.together
        visible: !root.reading
        width: root.width - root.pad * 2
        x: root.pad
        y: root.pad

        sourceComponent: HungPages {
            height: root.height - root.pad * 2 - author.height - root.gap
            ink: root.ink
            largest: Math.round(root.small * Theme.spotQuote / Theme.spotSmall)
            page: root.turned - root.readPages
            pictured: root.pictured
            post: root.post
            quiet: root.quiet
            size: root.small
        }
    }

    AuthorLine {
        id: author

        ground: root.color
        ink: root.ink
        nameSize: Theme.px(root.upright ? Theme.uprightName : Theme.spotName, root.screenHeight)
        pictured: root.pictured
        post: root.post
        quiet: root.quiet
        quietSize: root.small
        width: root.width - x - root.pad - (mark.visible ? mark.width + root.small : 0)
        x: root.reading ? side.x : root.pad
        y: root.height - height - root.pad
    }

    PostText {
        id: mark

        ink: root.quiet
        size: root.small
        text: `${root.turned + 1}/${root.pages}`
        visible: root.pages > 1
        x: root.width - width - root.pad
        y: author.y + author.height - height
    }
}
