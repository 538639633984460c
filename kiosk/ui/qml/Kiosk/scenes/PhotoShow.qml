pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Photos that fill the screen and drift, in whole pixels, while their words stand still.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving
    readonly property Hand hand: root.stage.hand("PhotoShow") as Hand
    property real since: 0
    property bool back: false

    // How far the picture has drifted, 0…1; neighbours drift in opposite directions, and none where motion is reduced.
    readonly property real drift: {
        if (Theme.reducedMotion)
            return 0.5;
        const done = Math.min(1, root.since / Math.max(1, root.hand.dwell));
        return root.back ? 1 - done : done;
    }

    clip: true
    color: Theme.stage

    Pulse {
        moving: root.moving && !Theme.reducedMotion
        scene: "PhotoShow"

        onStep: refreshes => root.since += refreshes / Beat.refresh
    }

    Connections {
        function onDealt() {
            root.since = 0;
            root.back = !root.back;
            fade.restart();
        }

        target: root.hand
    }

    CardLayer {
        cards: root.hand.below
    }

    Item {
        id: above

        Repeater {
            model: root.hand.above

            delegate: CardImage {
                id: card

                // What is larger than the stage is the picture; the caption stays.
                readonly property int wider: Math.max(0, card.breadth - root.width)
                readonly property int higher: Math.max(0, card.extent - root.height)

                x: card.wider > 0 ? -Math.round(card.wider * root.drift) : card.across
                y: card.wider > 0 ? -Math.round(card.higher * root.drift) : card.down
            }
        }
    }

    FadeIn {
        id: fade

        target: above
    }
}
