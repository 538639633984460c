import QtQuick
import Kiosk

// Another's post within a post: set back, quiet, and at most a few lines.
Rectangle {
    id: root

    required property QuoteView quote
    required property color ink
    required property color quiet
    required property real size
    property int lines: 5
    property bool pictured: true
    property bool whole: false
    readonly property real pad: root.size * 0.75

    color: Theme.wash(root.ink)
    height: Math.ceil(words.height + root.pad * 1.7)

    Rectangle {
        color: root.quiet
        height: parent.height
        width: Math.max(2, Math.round(root.size * 0.16))
    }

    Column {
        id: words

        spacing: root.size * 0.3
        width: root.width - x - root.pad
        x: root.pad * 1.35
        y: root.pad * 0.8

        Flow {
            spacing: root.size * 0.5
            width: parent.width

            PostText {
                id: name

                emojis: root.pictured ? root.quote.nameEmojis : []
                font.weight: Font.ExtraBold
                ink: root.ink
                maximumLineCount: root.whole ? 99 : 1
                size: root.size
                text: root.quote.name
                width: Math.min(implicitWidth, parent.width)
                wrapMode: root.whole ? Text.Wrap : Text.NoWrap
            }

            PostText {
                readonly property real rest: parent.width - name.width - root.size

                ink: root.quiet
                maximumLineCount: root.whole ? 99 : 1
                size: root.size
                text: root.quote.handle
                visible: root.whole || rest > root.size * 4
                width: Math.min(implicitWidth, root.whole ? parent.width : rest)
                wrapMode: root.whole ? Text.Wrap : Text.NoWrap
            }
        }

        PostText {
            emojis: root.pictured ? root.quote.emojis : []
            ink: root.ink
            size: root.size
            text: root.whole ? root.quote.text : Fit.excerpt(root.quote.text, Theme.face(root.size, Font.Medium), width, root.lines)
            visible: text !== ""
            width: parent.width
        }
    }
}
