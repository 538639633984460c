pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Words at their places, each with the number of people who wrote it; the first one is the loudest.
Item {
    id: root

    required property Sheet sheet
    required property int screenHeight

    Repeater {
        model: root.sheet.texts

        delegate: Item {
            id: place

            required property string modelData
            required property int index
            readonly property rect box: root.sheet.places[place.index] ?? Qt.rect(0, 0, 0, 0)

            x: place.box.x
            y: place.box.y

            PostText {
                id: word

                font.weight: Font.ExtraBold
                ink: place.index === 0 ? Theme.accent : Theme.stageInk
                lineHeight: 1
                size: Math.max(1, place.box.height)
                text: place.modelData
                width: place.box.width
                wrapMode: Text.NoWrap
                y: -baselineOffset
            }

            PostText {
                readonly property int beside: Math.round(size * 0.3)

                font.weight: Font.ExtraBold
                ink: Theme.stageQuiet
                lineHeight: 1
                size: Theme.px(Theme.scrollName, root.screenHeight)
                text: root.sheet.people[place.index] ?? ""
                wrapMode: Text.NoWrap
                x: place.box.width + beside
                y: -Math.round(place.box.height * 0.72) - Math.round(size * 0.24)
            }
        }
    }
}
