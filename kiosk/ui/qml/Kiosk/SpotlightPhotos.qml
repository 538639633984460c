pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The photos of the post with the whole stage: one, or first all of them as a mosaic and then each on a page of its own.
Item {
    id: root

    required property PostView post
    required property int screenHeight
    property int page: 0
    readonly property int several: root.post.photos.length
    readonly property bool single: root.several === 1 || root.page > 0

    clip: true

    PhotoMosaic {
        anchors.fill: parent
        gap: Theme.px(Theme.seam, root.screenHeight)
        post: root.post
        visible: !root.single
    }

    Loader {
        active: root.single
        anchors.fill: parent

        sourceComponent: SpotlightPhoto {
            photo: root.post.photos[(root.page + root.several - 1) % root.several]
        }
    }
}
