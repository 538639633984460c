import QtQuick
import Kiosk

// Moves a scene with the beat: `step` tells how many of the screen's refreshes have passed since the last one.
Item {
    id: root

    required property string scene
    required property bool moving

    signal step(refreshes: int)

    Component.onCompleted: Beat.moves(root.scene, root.moving)
    Component.onDestruction: Beat.moves(root.scene, false)
    onMovingChanged: Beat.moves(root.scene, root.moving)

    Connections {
        function onTick(refreshes: int) {
            if (root.moving)
                root.step(refreshes);
        }

        target: Beat
    }

    FrameAnimation {
        running: root.moving && Beat.synced
        onTriggered: root.step(Math.max(1, Math.round(Math.min(0.1, frameTime) * Beat.refresh)))
    }
}
