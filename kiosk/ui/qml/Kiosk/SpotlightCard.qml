import QtQuick
import Kiosk

// One post with the whole stage, pressed into a picture: its photo at its best, its words as large as they fit.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    readonly property bool wide: root.post.photo !== ""
    readonly property bool upright: height > width
    readonly property int tone: root.post.tone
    readonly property color ink: Theme.inks[root.tone]
    readonly property real pad: Theme.px(0.055, Math.min(root.screenHeight, root.width))
    readonly property real long: Math.min(1, root.post.extent / (root.upright ? 240 : 320))
    readonly property real nameShare: root.upright ? Theme.spotSmall : Theme.spotName

    color: Theme.papers[root.tone]

    Item {
        id: panel

        clip: true
        height: !root.wide ? 0 : root.upright ? Math.round(root.height * (0.5 - 0.28 * root.long)) : root.height
        visible: root.wide
        width: !root.wide ? 0 : root.upright ? root.width : Math.round(root.width * (0.6 - 0.14 * root.long))

        // The matte for a photo of an odd shape: itself, so small that scaling it up blurs it, and darkened.
        Image {
            anchors.fill: parent
            cache: false
            fillMode: Image.PreserveAspectCrop
            smooth: true
            source: root.post.photo
            sourceSize.width: 12
        }

        Rectangle {
            anchors.fill: parent
            color: Theme.matte
        }

        FocusedPhoto {
            readonly property real ratio: panel.width / Math.max(1, panel.height)
            readonly property bool fits: root.post.aspect > ratio * 0.62 && root.post.aspect < ratio * 1.75
            readonly property bool tall: root.post.aspect < ratio

            anchors.centerIn: parent
            height: fits || tall ? panel.height : Math.round(panel.width / Math.max(0.01, root.post.aspect))
            post: root.post
            width: fits || !tall ? panel.width : Math.round(panel.height * root.post.aspect)
        }
    }

    Item {
        id: side

        height: root.height - y - root.pad
        width: root.width - x - root.pad
        x: (root.upright ? 0 : panel.width) + root.pad
        y: (root.upright ? panel.height : 0) + root.pad

        PostText {
            anchors {
                bottom: author.top
                bottomMargin: root.pad * 0.6
                left: parent.left
                right: parent.right
                top: parent.top
            }

            font.weight: Font.ExtraBold
            fontSizeMode: Text.Fit
            ink: root.ink
            lineHeight: 1.06
            minimumPixelSize: Theme.px(Theme.spotSmall, root.screenHeight)
            size: Theme.px(root.wide ? Theme.spotBody * 0.45 : Theme.spotBody, root.screenHeight)
            text: root.post.text
            verticalAlignment: Text.AlignVCenter
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
