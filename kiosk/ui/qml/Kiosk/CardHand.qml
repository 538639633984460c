import QtQuick
import Kiosk

// The cards that a scene was dealt: a new hand fades in above the old one, and a withdrawn card is gone with the next frame.
Item {
    id: root

    required property Hand hand
    readonly property alias front: above

    CardLayer {
        cards: root.hand.below
        height: root.height
        width: root.width
    }

    CardLayer {
        id: above

        cards: root.hand.above
        height: root.height
        width: root.width
    }

    Connections {
        function onDealt() {
            fade.restart();
        }

        target: root.hand
    }

    FadeIn {
        id: fade

        target: above
    }
}
