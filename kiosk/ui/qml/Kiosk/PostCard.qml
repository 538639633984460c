import QtQuick
import Kiosk

// One post in the Scroll scene, pressed into a picture; its height follows its content.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    readonly property color ink: Theme.inks[root.post.tone]
    readonly property real pad: Theme.px(Theme.margin, root.screenHeight)
    readonly property int photos: root.post.photos.length

    color: Theme.papers[root.post.tone]
    height: Math.ceil(pictures.height + words.height + root.pad * 2)

    PhotoMosaic {
        id: pictures

        gap: Theme.px(Theme.seam, root.screenHeight)
        height: root.photos === 0 ? 0 : root.photos > 1 ? Math.round(root.width * 0.8) : Math.round(Math.max(root.width * 0.5, Math.min(root.width * 1.12, root.width / root.post.aspect)))
        post: root.post
        visible: root.photos > 0
        width: root.width
    }

    Column {
        id: words

        spacing: root.pad * 0.7
        width: root.width - root.pad * 2
        x: root.pad
        y: pictures.height + root.pad

        Paragraphs {
            readonly property real share: Theme.bodyShare(root.post.extent)
            readonly property bool loud: root.post.extent <= 70

            emojis: root.post.emojis
            ink: root.ink
            size: Theme.px(share, root.screenHeight)
            text: Fit.excerpt(root.post.text, Theme.face(size, weight), width, Theme.excerptLines(share))
            visible: text !== ""
            weight: loud ? Font.ExtraBold : Font.Medium
            width: parent.width
        }

        HungBlocks {
            ink: root.ink
            post: root.post
            quiet: Theme.quiets[root.post.tone]
            size: Theme.px(root.post.text === "" ? Theme.bodyShare(200) : Theme.scrollSmall, root.screenHeight)
            width: parent.width
        }

        AuthorLine {
            ground: root.color
            ink: root.ink
            nameSize: Theme.px(Theme.scrollName, root.screenHeight)
            post: root.post
            quiet: Theme.quiets[root.post.tone]
            quietSize: Theme.px(Theme.scrollSmall, root.screenHeight)
            width: parent.width
        }
    }
}
