import QtQuick
import Kiosk

// What stands under a photo that fills the screen: a line or three of its words, and whose it is.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    property int page: 0
    readonly property int tone: root.post.tone
    readonly property bool upright: root.screenHeight > root.width * 1.2
    readonly property real small: root.upright ? Theme.uprightSmall : Theme.spotSmall
    readonly property real pad: Theme.px(0.64 * root.small, root.screenHeight)

    color: Theme.papers[root.tone]
    height: Math.ceil(words.height + root.pad * 2)

    Column {
        id: words

        spacing: root.pad * 0.7
        width: root.width - root.pad * 2.4
        x: root.pad * 1.2
        y: root.pad

        Paragraphs {
            emojis: root.post.emojis
            ink: Theme.inks[root.tone]
            size: Theme.px(root.small * (root.post.extent > 90 ? 1 : 1.2), root.screenHeight)
            text: Fit.excerpt(root.post.text, Theme.face(size, weight), width, root.upright ? 5 : 3)
            visible: text !== ""
            weight: Font.ExtraBold
            width: parent.width
        }

        AuthorLine {
            ground: root.color
            ink: Theme.inks[root.tone]
            nameSize: Theme.px(root.small, root.screenHeight)
            post: root.post
            quiet: Theme.quiets[root.tone]
            quietSize: Theme.px(Math.max(Theme.least, root.small * 0.9), root.screenHeight)
            width: parent.width
        }
    }
}
