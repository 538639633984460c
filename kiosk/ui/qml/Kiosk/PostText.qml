pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The only component that draws what an attendee wrote; custom emojis lie where the text holds a place for them.
Text {
    id: root

    required property real size
    required property color ink
    property list<string> emojis: []
    readonly property real side: root.fontInfo.pixelSize * 1.1
    readonly property real above: root.verticalAlignment === Text.AlignVCenter ? (root.height - root.contentHeight) / 2 : 0
    readonly property list<point> spots: root.emojis.length === 0 ? [] : Emojis.places(root.text, root.font, root.fontInfo.pixelSize, root.width, root.lineHeight, root.lineCount, root.truncated, root.effectiveHorizontalAlignment, root.contentWidth)

    textFormat: Text.PlainText
    color: ink
    elide: Text.ElideRight
    lineHeight: 1.12
    renderType: Text.QtRendering
    wrapMode: Text.Wrap

    font {
        family: Theme.family
        pixelSize: root.size
        weight: Font.Medium
    }

    Repeater {
        model: root.emojis

        delegate: Image {
            required property string modelData
            required property int index
            readonly property point spot: root.spots[index] ?? Qt.point(-1, -1)

            cache: false
            fillMode: Image.PreserveAspectFit
            height: root.side
            smooth: true
            source: modelData
            sourceSize.width: Math.ceil(root.side)
            visible: spot.x >= 0
            width: root.side
            x: Math.round(spot.x - root.side / 2)
            y: Math.round(root.above + spot.y - root.side / 2)
        }
    }
}
