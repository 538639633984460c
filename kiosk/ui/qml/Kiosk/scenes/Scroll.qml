pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Columns of cards that move up without pause; the place follows time, in whole pixels and even steps.
Item {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving
    readonly property Stream stream: root.stage.stream("Scroll") as Stream
    readonly property int pixels: Beat.refresh > 0 ? Beat.pixels(root.screenHeight) : 1
    readonly property int periods: Beat.refresh > 0 ? Beat.periods(root.screenHeight) : 1
    property int offset: 0
    property real rest: 0
    property real vigour: 0
    property int sinceAdvance: 0
    property bool shifting: false
    readonly property int drift: root.moving && root.vigour === 1 ? root.periods : 0

    // So many refreshes of the screen have passed.
    function step(refreshes: int) {
        const last = Math.max(0, root.stream.end - root.height);
        const way = (last - root.offset) / (root.pixels / root.periods * Beat.refresh);
        const wanted = Math.min(1, Math.max(0, way));
        const most = refreshes / Beat.refresh;
        root.vigour = Math.abs(wanted - root.vigour) <= most ? wanted : root.vigour + (wanted > root.vigour ? most : -most);
        root.rest += refreshes * root.pixels * root.vigour;
        const whole = Math.floor(root.rest / root.periods + 1e-6);
        root.rest -= whole * root.periods;
        root.offset = Math.min(Math.max(last, root.offset), root.offset + whole);
        root.sinceAdvance += refreshes;
        if (root.sinceAdvance < Beat.refresh / 4)
            return;
        root.sinceAdvance = 0;
        root.shifting = true;
        root.offset -= root.stream.advance(root.offset);
        root.shifting = false;
    }

    clip: true

    Component.onDestruction: Beat.drifts("Scroll", 0)
    onDriftChanged: Beat.drifts("Scroll", root.drift)

    Pulse {
        moving: root.moving
        scene: "Scroll"

        onStep: refreshes => root.step(refreshes)
    }

    Connections {
        function onRestart() {
            root.offset = 0;
            root.vigour = 0;
        }

        target: root.stream
    }

    Item {
        y: -root.offset

        Repeater {
            model: root.stream.strip

            delegate: CardImage {
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
