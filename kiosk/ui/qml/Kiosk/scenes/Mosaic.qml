pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// A grid of photos from which one after another rises to full size, with its words.
Backdrop {
    id: root

    required property WallStage stage
    readonly property Hand hand: root.stage.hand("Mosaic") as Hand

    above: root.stage.headerHeight

    CardHand {
        anchors.fill: parent
        hand: root.hand
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.dark
        opacity: 0.55 * lift.value
        visible: lift.value > 0
    }

    QtObject {
        id: lift

        property real value: 0
    }

    Repeater {
        model: root.hand.front

        delegate: CardImage {
            id: card

            readonly property rect origin: root.hand.origin

            height: Math.round(card.origin.height + (card.extent - card.origin.height) * lift.value)
            smooth: false
            width: Math.round(card.origin.width + (card.breadth - card.origin.width) * lift.value)
            x: Math.round(card.origin.x * (1 - lift.value))
            y: Math.round(card.origin.y * (1 - lift.value))

            Component.onCompleted: rise.restart()
            Component.onDestruction: lift.value = 0
        }
    }

    Connections {
        function onSinking() {
            sink.restart();
        }

        target: root.hand
    }

    NumberAnimation {
        id: rise

        duration: Theme.crossfade
        easing.type: Theme.easing
        from: 0
        property: "value"
        target: lift
        to: 1
    }

    NumberAnimation {
        id: sink

        duration: Theme.crossfade
        easing.type: Theme.easing
        property: "value"
        target: lift
        to: 0
    }
}
