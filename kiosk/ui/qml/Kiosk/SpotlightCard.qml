import QtQuick
import Kiosk

// One post with the whole stage, pressed into a picture: its photos at their best, its words as large as they fit.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    readonly property bool wide: root.post.photos.length > 0
    readonly property bool upright: height > width
    readonly property int tone: root.post.tone
    readonly property color ink: Theme.inks[root.tone]
    readonly property real pad: Theme.px(0.055, Math.min(root.screenHeight, root.width))
    readonly property real long: Math.min(1, root.post.extent / (root.upright ? 240 : 320) + (hung.visible ? 0.35 : 0))
    readonly property bool wordy: root.post.extent > 160
    readonly property bool wordless: root.post.text === ""
    readonly property real nameShare: root.upright ? Theme.spotSmall : Theme.spotName

    color: Theme.papers[root.tone]

    SpotlightPhotos {
        id: panel

        height: !root.wide ? 0 : root.upright ? Math.round(root.height * (0.5 - 0.28 * root.long)) : root.height
        post: root.post
        screenHeight: root.screenHeight
        visible: root.wide
        width: !root.wide ? 0 : root.upright ? root.width : Math.round(root.width * (0.6 - 0.14 * root.long))
    }

    Item {
        id: side

        readonly property real room: height - author.height - root.pad * 0.6

        height: root.height - y - root.pad
        width: root.width - x - root.pad
        x: (root.upright ? 0 : panel.width) + root.pad
        y: (root.upright ? panel.height : 0) + root.pad

        PostText {
            emojis: root.post.emojis
            font.weight: Font.ExtraBold
            fontSizeMode: Text.Fit
            height: side.room - (hung.visible ? hung.height + root.pad * 0.6 : 0)
            ink: root.ink
            lineHeight: 1.06
            minimumPixelSize: Theme.px(Theme.spotSmall, root.screenHeight)
            size: Theme.px(Theme.spotBody * (root.wide ? 0.45 : hung.visible ? 0.62 : 1), root.screenHeight)
            text: root.post.text
            verticalAlignment: Text.AlignVCenter
            visible: text !== ""
            width: parent.width
        }

        HungBlocks {
            id: hung

            choiceLines: 1
            choices: 4
            ink: root.ink
            lines: (root.wordless ? 6 : root.wordy ? 2 : 3) + (root.upright && !root.wide ? 2 : 0)
            most: root.wordy || root.wide ? 1 : 2
            post: root.post
            quiet: Theme.quiets[root.tone]
            size: Theme.px(root.wordless && !root.upright ? Theme.spotQuote : Theme.spotSmall, root.screenHeight)
            width: parent.width
            y: root.wordless ? (side.room - height) / 2 : side.room - height
        }

        AuthorLine {
            id: author

            anchors.bottom: parent.bottom
            ground: root.color
            ink: root.ink
            nameSize: Theme.px(root.nameShare, root.screenHeight)
            post: root.post
            quiet: Theme.quiets[root.tone]
            quietSize: Theme.px(Theme.spotSmall, root.screenHeight)
            width: parent.width
        }
    }
}
