pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// Every source at a glance, those that want something first, and the faults that were survived.
Rectangle {
    id: root

    required property Health health
    required property real unit
    readonly property int count: root.health.sources.length
    readonly property int odd: root.count - root.health.well

    clip: true
    color: Theme.deskPanel
    radius: 8 * root.unit

    DeskLabel {
        id: caption

        font.weight: Font.ExtraBold
        size: 15 * root.unit
        text: root.count === 0 ? qsTr("Sources: none") : qsTr("Sources") + "  " + root.count
        x: 14 * root.unit
        y: 12 * root.unit
    }

    DeskLabel {
        anchors.baseline: caption.baseline
        anchors.right: parent.right
        anchors.rightMargin: 14 * root.unit
        ink: root.odd > 0 ? Theme.warn : Theme.good
        size: 13 * root.unit
        text: root.odd > 0 ? qsTr("%1 not well").arg(root.odd) : qsTr("all well")
        visible: root.count > 0
    }

    Flickable {
        id: list

        anchors {
            bottom: parent.bottom
            bottomMargin: 10 * root.unit
            left: parent.left
            leftMargin: 14 * root.unit
            right: parent.right
            rightMargin: 14 * root.unit
            top: caption.bottom
            topMargin: 10 * root.unit
        }

        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: all.height

        Column {
            id: all

            spacing: 9 * root.unit
            width: list.width

            Repeater {
                model: root.health.sources

                delegate: HealthRow {
                    required property SourceView modelData

                    source: modelData
                    terse: root.count > 3
                    unit: root.unit
                    width: all.width
                }
            }

            DeskLabel {
                font.weight: Font.ExtraBold
                size: 15 * root.unit
                text: qsTr("The wall's motion")
            }

            Repeater {
                model: [Beat.words, Beat.drawn]

                delegate: DeskLabel {
                    required property string modelData

                    ink: Theme.deskQuiet
                    size: 13 * root.unit
                    text: modelData
                    width: all.width
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
                    width: all.width
                    wrapMode: Text.Wrap
                }
            }
        }
    }

    DeskScrollMark {
        anchors.bottom: list.bottom
        anchors.right: parent.right
        anchors.top: list.top
        flickable: list
        unit: root.unit
    }
}
