import QtQuick
import Kiosk

// How much of a list or a page is out of sight, as a thin bar at its side.
Item {
    id: root

    required property Flickable flickable
    required property real unit
    readonly property real shown: root.flickable === null ? 1 : root.flickable.visibleArea.heightRatio

    visible: root.shown < 1
    width: 9 * root.unit

    Rectangle {
        color: Theme.deskQuiet
        height: Math.max(28 * root.unit, root.height * root.shown)
        opacity: 0.55
        radius: width / 2
        width: 4 * root.unit
        y: root.flickable === null || root.shown >= 1 ? 0 : (root.height - height) * root.flickable.visibleArea.yPosition / (1 - root.shown)
    }
}
