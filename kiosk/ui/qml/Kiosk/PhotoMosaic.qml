pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// One to four photos that fill a frame: the first is the largest of three, and four are equals.
Item {
    id: root

    required property PostView post
    required property real gap
    property bool pictured: true
    property bool whole: false
    readonly property int count: root.post.photos.length
    readonly property bool across: width >= height
    readonly property int half: Math.round(((root.across ? width : height) - gap) / 2)
    readonly property int rest: (root.across ? width : height) - half - gap
    readonly property int crossHalf: Math.round(((root.across ? height : width) - gap) / 2)
    readonly property int crossRest: (root.across ? height : width) - crossHalf - gap

    // Where a tile begins and how long it is, along the longer side of the frame and across it.
    function along(index: int): rect {
        const second = index > (root.count === 4 ? 1 : 0);
        const start = second ? root.half + root.gap : 0;
        const length = root.count === 1 ? (root.across ? root.width : root.height) : second ? root.rest : root.half;
        const whole = root.count < 3 || (root.count === 3 && index === 0);
        const lower = root.count === 3 ? index === 2 : index % 2 === 1;
        const side = whole || !lower ? 0 : root.crossHalf + root.gap;
        const breadth = whole ? (root.across ? root.height : root.width) : lower ? root.crossRest : root.crossHalf;
        return root.across ? Qt.rect(start, side, length, breadth) : Qt.rect(side, start, breadth, length);
    }

    Repeater {
        model: root.pictured ? root.post.photos : []

        delegate: FocusedPhoto {
            required property PhotoView modelData
            required property int index
            readonly property rect place: root.along(index)

            height: place.height
            photo: modelData
            whole: root.whole
            width: place.width
            x: place.x
            y: place.y
        }
    }
}
