import QtQuick
import Kiosk

// A calm page of posts that turns as a whole.
Backdrop {
    id: root

    required property WallStage stage

    above: root.stage.headerHeight

    CardHand {
        anchors.fill: parent
        hand: root.stage.hand("Masonry") as Hand
    }
}
