import QtQuick
import Kiosk

// The host's mark within `room`, flattened on the colour that it stands on; nothing where the theme has none.
Image {
    id: root

    required property size room
    property color ground: Theme.ground

    source: Theme.logo && root.room.width >= 1 && root.room.height >= 1 ? "image://brand/logo/" + (root.ground.a === 1 ? root.ground.toString().slice(1) : "") : ""
    sourceSize: Qt.size(Math.floor(root.room.width), Math.floor(root.room.height))
    visible: Theme.logo
}
