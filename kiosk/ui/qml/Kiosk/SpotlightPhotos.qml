pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The photos of the post with the whole stage: a mosaic, or one photo; one of an odd shape lies on a matte of itself.
Item {
    id: root

    required property PostView post
    required property int screenHeight

    clip: true

    PhotoMosaic {
        anchors.fill: parent
        gap: Theme.px(Theme.seam, root.screenHeight)
        post: root.post
        visible: root.post.photos.length > 1
    }

    Loader {
        active: root.post.photos.length === 1
        anchors.fill: parent

        sourceComponent: SpotlightPhoto {
            photo: root.post.photos[0]
        }
    }
}
