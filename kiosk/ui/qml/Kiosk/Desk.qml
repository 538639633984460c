import QtQuick
import QtQuick.Window
import Kiosk

// The moderator's window: the queue, the selected post, what is on the wall, and whether anything is wrong.
Window {
    id: root

    required property DeskView view
    readonly property bool upright: height > width
    readonly property real unit: Math.max(0.8, upright ? width / 900 : Math.min(width / 1280, height / 860))
    readonly property real gap: 10 * root.unit

    function act(event: var) {
        const view = root.view;
        switch (event.key) {
        case Qt.Key_A:
            return view.approve();
        case Qt.Key_R:
            return view.reject();
        case Qt.Key_S:
            return view.stash();
        case Qt.Key_H:
            return view.hide();
        case Qt.Key_Z:
            return view.undo();
        case Qt.Key_P:
            return view.panic();
        case Qt.Key_M:
            return view.switchMode();
        case Qt.Key_F:
            return view.cues.feature();
        case Qt.Key_T:
            return view.cues.pin();
        case Qt.Key_Y:
            return view.cues.pinScene();
        case Qt.Key_U:
            return view.cues.unpin();
        case Qt.Key_L:
            return view.cues.hold();
        case Qt.Key_N:
            return view.cues.next();
        case Qt.Key_B:
            return view.cues.back();
        case Qt.Key_Space:
            return view.preview();
        case Qt.Key_Escape:
            overlay.keys = false;
            return view.stay();
        case Qt.Key_Up:
        case Qt.Key_K:
            return view.move(-1);
        case Qt.Key_Down:
        case Qt.Key_J:
            return view.move(1);
        case Qt.Key_Left:
            return view.choose("queue", view.row);
        case Qt.Key_Right:
            return view.choose("air", view.airRow);
        case Qt.Key_PageUp:
            return detail.turn(-0.8);
        case Qt.Key_PageDown:
            return detail.turn(0.8);
        case Qt.Key_Question:
            overlay.keys = !overlay.keys;
            return;
        }
        if (event.key >= Qt.Key_1 && event.key <= Qt.Key_4)
            view.look(event.key - Qt.Key_1);
    }

    color: Theme.deskGround
    title: "Desk – " + root.view.title

    Item {
        anchors.fill: parent
        focus: true

        Keys.onPressed: event => {
            if (!event.isAutoRepeat || [Qt.Key_Up, Qt.Key_Down, Qt.Key_J, Qt.Key_K, Qt.Key_PageUp, Qt.Key_PageDown].indexOf(event.key) >= 0)
                root.act(event);
            event.accepted = true;
        }

        DeskBar {
            id: bar

            unit: root.unit
            view: root.view
            width: parent.width
        }

        QueueList {
            id: queue

            chosenRow: root.view.row
            column: "queue"
            emptyWords: root.view.looking === 0 ? qsTr("Nothing waits. New posts appear here by themselves.") : qsTr("No posts here.")
            height: root.upright ? root.height * 0.34 : foot.y - y - root.gap
            model: root.view.rows
            unit: root.unit
            view: root.view
            width: root.upright ? root.width - root.gap * 2 : root.width * 0.36
            x: root.gap
            y: bar.height + root.gap
        }

        DeskDetail {
            id: detail

            height: root.upright ? root.height * 0.32 : foot.y - y - root.gap
            unit: root.unit
            view: root.view
            width: root.upright ? root.width - root.gap * 2 : root.width * 0.36
            x: root.upright ? root.gap : queue.x + queue.width + root.gap
            y: root.upright ? queue.y + queue.height + root.gap : queue.y
        }

        AirList {
            id: air

            height: root.upright ? foot.y - y - root.gap : (foot.y - y - root.gap) * 0.6
            unit: root.unit
            view: root.view
            width: root.upright ? (root.width - root.gap * 3) / 2 : root.width - x - root.gap
            x: root.upright ? root.gap : detail.x + detail.width + root.gap
            y: root.upright ? detail.y + detail.height + root.gap : queue.y
        }

        HealthPanel {
            health: root.view.health
            height: root.upright ? air.height : foot.y - y - root.gap
            unit: root.unit
            width: air.width
            x: root.upright ? air.x + air.width + root.gap : air.x
            y: root.upright ? air.y : air.y + air.height + root.gap
        }

        Column {
            id: foot

            anchors.bottom: parent.bottom
            anchors.bottomMargin: root.gap
            spacing: 6 * root.unit
            width: parent.width - root.gap * 2
            x: root.gap

            PostText {
                ink: Theme.warn
                maximumLineCount: 2
                size: 16 * root.unit
                text: root.view.message
                visible: text !== ""
                width: parent.width
            }

            KeyRow {
                unit: root.unit
                view: root.view
                width: parent.width
            }
        }

        DeskOverlay {
            id: overlay

            anchors.fill: parent
            unit: root.unit
            view: root.view
        }
    }
}
