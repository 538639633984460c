import QtQuick
import Kiosk

// A photo that fills its frame and is cropped around the point that its author chose.
Item {
    id: root

    required property PostView post
    readonly property real frame: height > 0 ? width / height : 1

    clip: true

    Image {
        cache: false
        height: root.post.aspect > root.frame ? root.height : root.width / Math.max(0.01, root.post.aspect)
        mipmap: false
        smooth: true
        source: root.post.photo
        sourceSize.width: Math.ceil(width)
        width: root.post.aspect > root.frame ? root.height * root.post.aspect : root.width
        x: Math.round(-(width - root.width) * root.post.focusX)
        y: Math.round(-(height - root.height) * root.post.focusY)
    }
}
