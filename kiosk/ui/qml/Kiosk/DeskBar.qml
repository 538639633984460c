pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The event, the mode in colour and in words, how many posts of each standing, and the venue's time.
Rectangle {
    id: root

    required property DeskView view
    required property real unit
    readonly property list<string> names: [qsTr("pending"), qsTr("approved"), qsTr("stashed"), qsTr("rejected")]

    color: root.view.alarm.raised ? Theme.badGround : Theme.deskPanel
    height: 64 * root.unit

    Row {
        anchors.verticalCenter: parent.verticalCenter
        spacing: 16 * root.unit
        x: 18 * root.unit

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            color: root.view.alarm.raised ? Theme.bad : root.view.trusting ? Theme.warn : Theme.good
            height: 34 * root.unit
            radius: root.view.alarm.raised ? 0 : 17 * root.unit
            width: mode.implicitWidth + 30 * root.unit

            DeskLabel {
                id: mode

                anchors.centerIn: parent
                font.weight: Font.ExtraBold
                ink: Theme.dark
                size: 16 * root.unit
                text: root.view.alarm.raised ? qsTr("■ PANIC: SLATE ONLY") : root.view.trusting ? qsTr("▲ TRUSTED AUTHORS") : qsTr("● REVIEW")
            }
        }

        DeskLabel {
            anchors.verticalCenter: parent.verticalCenter
            font.weight: Font.ExtraBold
            size: 20 * root.unit
            text: root.view.title
            visible: root.width > 1400 * root.unit
            width: Math.min(implicitWidth, root.width * 0.22)
        }

        Repeater {
            model: root.names

            delegate: Rectangle {
                id: tab

                required property string modelData
                required property int index
                readonly property bool chosen: root.view.looking === index

                Accessible.name: modelData
                Accessible.role: Accessible.PageTab
                anchors.verticalCenter: parent.verticalCenter
                border.color: chosen ? Theme.deskFocus : Theme.deskLine
                border.width: chosen ? 2 : 1
                color: Theme.deskGround
                height: 38 * root.unit
                radius: 6 * root.unit
                width: caption.implicitWidth + 22 * root.unit

                DeskLabel {
                    id: caption

                    anchors.centerIn: parent
                    ink: tab.chosen ? Theme.deskInk : Theme.deskQuiet
                    size: 15 * root.unit
                    text: (tab.index + 1) + "  " + tab.modelData + "  " + root.view.counts[tab.index]
                }

                MouseArea {
                    anchors.fill: parent
                    onClicked: root.view.look(tab.index)
                }
            }
        }
    }

    DeskLabel {
        id: time

        anchors.right: parent.right
        anchors.rightMargin: 18 * root.unit
        anchors.verticalCenter: parent.verticalCenter
        font.features: ({
                "tnum": 1
            })
        font.weight: Font.ExtraBold
        size: 20 * root.unit
        text: root.view.clock()
        visible: root.width > 900 * root.unit

        Timer {
            interval: Theme.tick
            repeat: true
            running: true
            onTriggered: time.text = root.view.clock()
        }
    }
}
