import QtQuick
import Kiosk

// One post at a time; the next one fades in above it, and a withdrawn one is gone with the next frame.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving
    property string below: ""
    property string above: ""

    function turn() {
        fade.stop();
        if (root.above !== "")
            root.below = root.above;
        root.above = root.stage.spotlight;
        front.opacity = root.below === "" ? 1 : 0;
        if (root.below !== "")
            fade.start();
    }

    function drop(key: string) {
        if (root.below === key)
            root.below = "";
        if (root.above !== key)
            return;
        fade.stop();
        root.above = "";
    }

    color: Theme.stage

    Connections {
        function onDropped(key: string) {
            root.drop(key);
        }

        function onSpotlightChanged() {
            if (root.stage.spotlight !== "")
                root.turn();
        }

        target: root.stage
    }

    Image {
        cache: false
        source: root.below === "" ? "" : "image://card/" + root.below
        visible: root.below !== ""
    }

    Image {
        id: front

        cache: false
        source: root.above === "" ? "" : "image://card/" + root.above
        visible: root.above !== ""
    }

    NumberAnimation {
        id: fade

        duration: Theme.crossfade
        easing.type: Theme.easing
        property: "opacity"
        target: front
        to: 1
    }
}
