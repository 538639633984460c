pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Columns of cards that move up without pause; the place follows time, in whole pixels.
Item {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving
    property real offset: 0
    property real speed: 0
    property real sinceAdvance: 0
    property bool shifting: false

    function step(seconds: real) {
        const last = Math.max(0, root.stage.end - root.height);
        const wanted = root.offset < last ? root.screenHeight / Theme.secondsPerScreen : 0;
        root.speed += (wanted - root.speed) * Math.min(1, seconds * 1.6);
        root.offset = Math.min(Math.max(last, root.offset), root.offset + root.speed * seconds);
        root.sinceAdvance += seconds;
        if (root.sinceAdvance < 0.25)
            return;
        root.sinceAdvance = 0;
        root.shifting = true;
        root.offset -= root.stage.advance(Math.floor(root.offset));
        root.shifting = false;
    }

    clip: true

    FrameAnimation {
        running: root.moving
        onTriggered: root.step(Math.min(0.1, frameTime))
    }

    Connections {
        function onRestart() {
            root.offset = 0;
            root.speed = 0;
        }

        target: root.stage
    }

    Item {
        y: -Math.round(root.offset)

        Repeater {
            model: root.stage.strip

            delegate: Image {
                required property string key
                required property int across
                required property int down
                required property int breadth
                required property int extent

                cache: false
                height: extent
                source: "image://card/" + key
                width: breadth
                x: across
                y: down

                Behavior on y {
                    enabled: !root.shifting

                    NumberAnimation {
                        duration: Theme.settle
                        easing.type: Theme.easing
                    }
                }
            }
        }
    }
}
