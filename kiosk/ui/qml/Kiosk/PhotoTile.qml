import QtQuick
import Kiosk

// One photo of a grid, cropped around what its author pointed at.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight

    color: Theme.matte

    FocusedPhoto {
        anchors.fill: parent
        photo: root.post.photos[0]
    }
}
