import QtQuick
import Kiosk

// What lies above the desk: the preview, the list of keys, and the question whether to leave panic.
Rectangle {
    id: root

    required property DeskView view
    required property real unit
    property bool keys: false

    color: Theme.veil
    visible: root.keys || root.view.alarm.asking || root.view.card.address !== ""

    MouseArea {
        anchors.fill: parent

        onClicked: {
            root.keys = false;
            root.view.stay();
        }
    }

    Image {
        anchors.centerIn: parent
        cache: false
        fillMode: Image.PreserveAspectFit
        height: parent.height * 0.8
        source: root.view.card.address
        visible: root.view.card.address !== "" && !root.view.alarm.asking
        width: parent.width * 0.9
    }

    Rectangle {
        anchors.centerIn: parent
        border.color: Theme.deskFocus
        border.width: 2
        color: Theme.deskPanel
        height: words.implicitHeight + 60 * root.unit
        radius: 10 * root.unit
        visible: root.keys || root.view.alarm.asking
        width: Math.min(root.width * 0.9, 760 * root.unit)

        DeskLabel {
            id: words

            anchors.centerIn: parent
            lineHeight: 1.35
            size: 19 * root.unit
            text: root.view.alarm.asking ? qsTr("Leave panic?\nPosts approved so far will be on the wall again.\n\nP  yes, show them     Esc  no, keep the slate") : qsTr("A approve · R reject · S stash · H hide from the wall\nZ take back the last decision · Space preview\nP or Ctrl+Shift+P panic, on both windows\n↑ ↓ or J K move · ← → queue or what is on the wall\nPgUp PgDn read on in a long post\nF feature the post now · T pin it (once: at every 4th cue, twice: for good) · Y pin the scene · U unpin\nL hold the wall · N next · B back\n1 pending · 2 approved · 3 stashed · 4 rejected\nM mode · ? these keys")
            width: parent.width - 60 * root.unit
            wrapMode: Text.Wrap
        }
    }
}
