import QtQuick
import Kiosk

// One photo of a post, as large as the screen and a little larger; one of an odd shape lies on a matte of itself.
Rectangle {
    id: root

    required property PostView post
    required property int screenHeight
    property int page: 0

    color: Theme.stage

    SpotlightPhoto {
        anchors.fill: parent
        photo: root.post.photos[root.page % root.post.photos.length]
    }
}
