import QtQuick
import Kiosk

// One photo that fills its frame; one of an odd shape lies whole on a matte of itself.
Item {
    id: root

    required property PhotoView photo
    readonly property real ratio: root.width / Math.max(1, root.height)
    readonly property bool fits: root.photo.aspect > root.ratio * 0.62 && root.photo.aspect < root.ratio * 1.75
    readonly property bool tall: root.photo.aspect < root.ratio

    clip: true

    // The matte: the photo itself, so small that scaling it up blurs it, and darkened.
    Image {
        anchors.fill: parent
        cache: false
        fillMode: Image.PreserveAspectCrop
        smooth: true
        source: root.photo.address
        sourceSize.width: 12
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.matte
    }

    FocusedPhoto {
        anchors.centerIn: parent
        height: root.fits || root.tall ? root.height : Math.round(root.width / Math.max(0.01, root.photo.aspect))
        photo: root.photo
        width: root.fits || !root.tall ? root.width : Math.round(root.height * root.photo.aspect)
    }
}
