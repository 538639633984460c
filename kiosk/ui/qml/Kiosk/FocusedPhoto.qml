import QtQuick
import Kiosk

// A photo that fills its frame and is cropped around the point that its author chose; or that lies in it as a whole.
Item {
    id: root

    required property PhotoView photo
    readonly property real frame: height > 0 ? width / height : 1
    property bool whole: false
    readonly property bool broad: (root.photo.aspect > root.frame) !== root.whole

    clip: true

    Image {
        cache: false
        height: root.broad ? root.height : root.width / Math.max(0.01, root.photo.aspect)
        mipmap: false
        smooth: true
        source: root.photo.address
        sourceSize.width: Math.ceil(width)
        width: root.broad ? root.height * root.photo.aspect : root.width
        x: Math.round(-(width - root.width) * (root.whole ? 0.5 : root.photo.focusX))
        y: Math.round(-(height - root.height) * (root.whole ? 0.5 : root.photo.focusY))
    }
}
