pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Every source's state in words, and the faults that were survived.
Rectangle {
    id: root

    required property Health health
    required property real unit

    clip: true
    color: Theme.deskPanel
    radius: 8 * root.unit

    Column {
        spacing: 8 * root.unit
        width: parent.width - 28 * root.unit
        x: 14 * root.unit
        y: 12 * root.unit

        DeskLabel {
            font.weight: Font.ExtraBold
            size: 15 * root.unit
            text: root.health.sources.length > 0 ? qsTr("Sources") : qsTr("Sources: none")
        }

        Repeater {
            model: root.health.sources

            delegate: DeskLabel {
                required property string modelData
                readonly property bool well: modelData.indexOf("— reading") > 0

                ink: well ? Theme.good : Theme.warn
                maximumLineCount: 5
                size: 13 * root.unit
                text: (well ? "● " : "▲ ") + modelData
                width: parent.width
                wrapMode: Text.Wrap
            }
        }

        DeskLabel {
            font.weight: Font.ExtraBold
            ink: root.health.faults.length > 0 ? Theme.warn : Theme.deskInk
            size: 15 * root.unit
            text: root.health.faults.length > 0 ? qsTr("Survived faults") : qsTr("No faults so far")
        }

        Repeater {
            model: root.health.faults

            delegate: DeskLabel {
                required property string modelData

                ink: Theme.deskQuiet
                maximumLineCount: 3
                size: 13 * root.unit
                text: modelData
                width: parent.width
                wrapMode: Text.Wrap
            }
        }
    }
}
