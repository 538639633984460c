import QtQuick
import Kiosk

// The only component that draws what an attendee wrote.
Text {
    id: root

    required property real size
    required property color ink

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
}
