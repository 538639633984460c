pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Window
import Kiosk

// The audience's window: header, scenes that cross-fade, and above all of them the safe slate.
Window {
    id: root

    required property WallStage stage
    required property list<string> scenes
    required property list<string> bare
    required property bool moving

    // Against burn-in the picture is larger than the window by its reach, and shifts within it.
    property int reach: 0
    property point shift: Qt.point(0, 0)

    color: Theme.stage
    title: "Wall – " + root.stage.title

    onClosing: close => close.accepted = false

    Item {
        focus: true
        height: root.height + 2 * root.reach
        width: root.width + 2 * root.reach
        x: root.shift.x - root.reach
        y: root.shift.y - root.reach

        Keys.onPressed: event => {
            event.accepted = true;
            if (!event.isAutoRepeat && event.key === Qt.Key_P && (event.modifiers & Qt.ControlModifier) && (event.modifiers & Qt.ShiftModifier))
                root.stage.panicChord();
        }

        Backdrop {
            anchors.fill: parent
            moving: root.moving && !root.stage.raised
            screenHeight: root.height
            visible: Theme.backdrop
        }

        Header {
            height: root.stage.headerHeight
            screenHeight: root.height
            stage: root.stage
            width: parent.width
        }

        Repeater {
            model: root.scenes

            delegate: Loader {
                id: place

                required property string modelData
                required property int index
                readonly property bool up: root.stage.scene === modelData
                readonly property bool bare: root.bare.includes(modelData)

                // The first scene lies beneath all others, so only one picture is ever blended.
                active: place.index === 0 || opacity > 0
                height: parent.height - y
                opacity: place.up || place.index === 0 ? 1 : 0
                visible: opacity > 0
                width: parent.width
                y: place.bare ? 0 : root.stage.headerHeight

                Component.onCompleted: setSource(Qt.resolvedUrl("scenes/" + modelData + ".qml"), {
                    "stage": root.stage,
                    "screenHeight": Qt.binding(() => root.height),
                    "moving": Qt.binding(() => root.moving && place.up && !root.stage.raised)
                })

                Behavior on opacity {
                    NumberAnimation {
                        duration: Theme.crossfade
                        easing.type: Theme.easing
                    }
                }
            }
        }

        Invitation {
            anchors.fill: parent
            anchors.topMargin: root.stage.headerHeight
            screenHeight: root.height
            stage: root.stage
            visible: root.stage.empty
        }

        SafeSlate {
            anchors.fill: parent
            screenHeight: root.height
            title: root.stage.title
            visible: root.stage.raised
        }

        // A frame at least every half second, so that the watchdog can tell a still picture from a dead one.
        Rectangle {
            id: heartbeat

            color: Theme.stage
            height: 1
            width: 1

            Timer {
                interval: Theme.heartbeat
                repeat: true
                running: root.moving
                onTriggered: heartbeat.color = Qt.colorEqual(heartbeat.color, Theme.stage) ? Theme.stageInk : Theme.stage
            }
        }

        MouseArea {
            acceptedButtons: Qt.NoButton
            anchors.fill: parent
            cursorShape: Qt.BlankCursor
        }
    }
}
