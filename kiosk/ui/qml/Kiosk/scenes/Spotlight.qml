import QtQuick
import Kiosk

// One post at a time; the next one fades in above it.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving

    color: Theme.stage

    CardHand {
        anchors.fill: parent
        hand: root.stage.hand("Spotlight") as Hand
    }
}
