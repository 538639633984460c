import QtQuick
import Kiosk

// Pressed cards at their places.
Item {
    id: root

    required property CardStrip cards

    Repeater {
        model: root.cards

        delegate: CardImage {}
    }
}
