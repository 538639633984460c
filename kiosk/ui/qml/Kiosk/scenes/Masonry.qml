import QtQuick
import Kiosk

// A calm page of posts that turns as a whole.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving

    color: Theme.stage

    CardHand {
        anchors.fill: parent
        hand: root.stage.hand("Masonry") as Hand
    }
}
