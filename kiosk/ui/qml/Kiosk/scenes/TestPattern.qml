pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Window
import Kiosk

// For whoever sets the screen up: geometry, overscan, colours, banding, evenness of motion and the smallest text.
Rectangle {
    id: root

    required property WallStage stage
    required property int screenHeight
    required property bool moving
    readonly property int least: Math.min(root.width, root.height)
    readonly property int cell: Math.max(8, Math.round(root.least / 12))
    readonly property int band: Math.round(root.least * 0.62)
    property int place: 0

    function step(refreshes: int) {
        root.place = (root.place + refreshes) % Math.max(1, root.width);
    }

    clip: true
    color: Theme.dark

    Pulse {
        moving: root.moving
        scene: "TestPattern"

        onStep: refreshes => root.step(refreshes)
    }

    Repeater {
        model: Math.ceil(root.width / root.cell / 2) * 2 + 1

        delegate: Rectangle {
            required property int index

            color: Theme.deskLine
            height: root.height
            width: 1
            x: Math.floor(root.width / 2) + (index - Math.ceil(root.width / root.cell / 2)) * root.cell
        }
    }

    Repeater {
        model: Math.ceil(root.height / root.cell / 2) * 2 + 1

        delegate: Rectangle {
            required property int index

            color: Theme.deskLine
            height: 1
            width: root.width
            y: Math.floor(root.height / 2) + (index - Math.ceil(root.height / root.cell / 2)) * root.cell
        }
    }

    // The screen's edge, then what screens that overscan cut off: 2.5 and 5 in a hundred.
    Repeater {
        model: [0, 0.025, 0.05]

        delegate: Rectangle {
            required property real modelData

            anchors.centerIn: parent
            border.color: modelData === 0 ? Theme.deskInk : Theme.deskQuiet
            border.width: modelData === 0 ? 2 : 1
            color: Theme.clear
            height: root.height - 2 * Math.round(modelData * root.height)
            width: root.width - 2 * Math.round(modelData * root.width)
        }
    }

    Rectangle {
        anchors.centerIn: parent
        border.color: Theme.deskInk
        border.width: 2
        color: Theme.clear
        height: root.cell * 10
        radius: width / 2
        width: height
    }

    Column {
        anchors.centerIn: parent
        width: root.band

        Rectangle {
            color: Theme.dark
            height: root.cell * 2.4
            width: root.band

            PostText {
                anchors.bottomMargin: root.cell * 0.3
                anchors.fill: parent
                font.weight: Font.ExtraBold
                fontSizeMode: Text.Fit
                horizontalAlignment: Text.AlignHCenter
                ink: Theme.deskInk
                size: root.least * 0.045
                text: [root.Screen.name || qsTr("an output without a name"), root.Window.width + " × " + root.Window.height, "scale " + root.Screen.devicePixelRatio, Beat.refresh.toFixed(2) + " Hz"].join("\n")
                verticalAlignment: Text.AlignVCenter
            }
        }

        Row {
            Repeater {
                model: Theme.testBars

                delegate: Rectangle {
                    required property color modelData

                    color: modelData
                    height: root.cell
                    width: root.band / Theme.testBars.length
                }
            }
        }

        Row {
            Repeater {
                model: 11

                delegate: Rectangle {
                    required property int index

                    color: Qt.hsva(0, 0, index / 10, 1)
                    height: root.cell
                    width: root.band / 11
                }
            }
        }

        Rectangle {
            height: root.cell
            width: root.band

            gradient: Gradient {
                orientation: Gradient.Horizontal

                GradientStop {
                    color: Qt.hsva(0, 0, 0, 1)
                    position: 0
                }

                GradientStop {
                    color: Qt.hsva(0, 0, 1, 1)
                    position: 1
                }
            }
        }

        Rectangle {
            color: Theme.dark
            height: root.cell
            width: root.band

            PostText {
                anchors.fill: parent
                horizontalAlignment: Text.AlignHCenter
                ink: Theme.deskInk
                size: Theme.px(Theme.scrollSmall, root.least)
                text: qsTr("The smallest text on the wall: read it from the last row")
                verticalAlignment: Text.AlignVCenter
            }
        }
    }

    // One pixel with each refresh: it glides where frames are even, and jerks where one is late.
    Rectangle {
        color: Theme.deskInk
        height: root.cell
        width: Math.round(root.cell / 6)
        x: root.place
        y: root.height - 2 * root.cell
    }
}
