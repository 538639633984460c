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
        sourceComponent: single
    }

    Component {
        id: single

        Item {
            id: panel

            readonly property PhotoView photo: root.post.photos[0]
            readonly property real ratio: panel.width / Math.max(1, panel.height)
            readonly property bool fits: panel.photo.aspect > ratio * 0.62 && panel.photo.aspect < ratio * 1.75
            readonly property bool tall: panel.photo.aspect < ratio

            // The matte: the photo itself, so small that scaling it up blurs it, and darkened.
            Image {
                anchors.fill: parent
                cache: false
                fillMode: Image.PreserveAspectCrop
                smooth: true
                source: panel.photo.address
                sourceSize.width: 12
            }

            Rectangle {
                anchors.fill: parent
                color: Theme.matte
            }

            FocusedPhoto {
                anchors.centerIn: parent
                height: panel.fits || panel.tall ? panel.height : Math.round(panel.width / Math.max(0.01, panel.photo.aspect))
                photo: panel.photo
                width: panel.fits || !panel.tall ? panel.width : Math.round(panel.height * panel.photo.aspect)
            }
        }
    }
}
