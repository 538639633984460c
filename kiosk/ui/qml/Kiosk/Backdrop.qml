pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// What lies behind the cards, opaque: the stage's colour, or the theme's background. One that drifts goes by whole pixels
// and a few times a second, so that it costs next to nothing; its place follows time, alike wherever it is shown.
Rectangle {
    id: root

    required property bool moving
    required property int screenHeight
    property int above: 0
    readonly property int whole: Math.round(root.height) + root.above

    clip: true
    color: Theme.stage

    Image {
        id: picture

        readonly property int way: Math.max(0, implicitHeight - root.whole)
        property int gone: 0

        function drift() {
            const part = (Date.now() % Theme.driftPeriod) / Theme.driftPeriod;
            picture.gone = Math.round(picture.way * (1 - Math.abs(1 - 2 * part)));
        }

        source: Theme.backdrop && root.width > 0 && root.whole > root.above ? "image://brand/background/" + Math.round(root.width) + "x" + root.whole : ""
        y: -root.above - gone

        Timer {
            interval: Theme.driftPeriod / 2 / Math.max(1, picture.way)
            repeat: true
            running: root.moving && root.visible && Theme.driftPeriod > 0 && picture.way > 0
            triggeredOnStart: true
            onTriggered: picture.drift()
        }
    }
}
