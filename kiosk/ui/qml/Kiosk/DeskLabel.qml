import QtQuick
import Kiosk

// The desk's own words; what attendees wrote is drawn by PostText.
Text {
    id: root

    property real size: 15
    property color ink: Theme.deskInk

    textFormat: Text.PlainText
    color: root.ink
    elide: Text.ElideRight
    renderType: Text.QtRendering

    font {
        family: Theme.family
        pixelSize: root.size
        weight: Font.Medium
    }
}
