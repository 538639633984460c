pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The selected post, whole: this is what a decision binds to. What does not fit is a turn of the wheel away.
Rectangle {
    id: root

    required property DeskView view
    required property real unit
    readonly property DeskPost post: root.view.selected
    readonly property real ratio: root.post === null || root.post.photos.length !== 1 ? 1.5 : Math.max(0.01, root.post.aspect)

    function turn(pages: real) {
        const body = page.item as Flickable;
        if (body !== null)
            body.contentY = Math.max(0, Math.min(body.contentHeight - body.height, body.contentY + pages * body.height));
    }

    clip: true
    color: Theme.deskPanel
    radius: 8 * root.unit

    DeskLabel {
        anchors.centerIn: parent
        ink: Theme.deskQuiet
        size: 17 * root.unit
        text: qsTr("Nothing is selected")
        visible: root.post === null
    }

    Loader {
        id: page

        active: root.post !== null
        anchors.fill: parent
        anchors.margins: 18 * root.unit
        sourceComponent: content
    }

    DeskScrollMark {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        flickable: page.item as Flickable
        unit: root.unit
    }

    Component {
        id: content

        Flickable {
            id: body

            boundsBehavior: Flickable.StopAtBounds
            clip: true
            contentHeight: all.height

            Connections {
                function onSelectedChanged() {
                    body.contentY = 0;
                }

                target: root.view
            }

            Column {
                id: all

                spacing: 12 * root.unit
                width: body.width

                PhotoMosaic {
                    gap: 4 * root.unit
                    height: Math.round(Math.min(body.height * 0.42, body.width / root.ratio))
                    pictured: root.view.pictured
                    post: root.post
                    visible: root.post.photos.length > 0
                    whole: true
                    width: root.post.photos.length > 1 ? body.width : Math.round(Math.min(body.width, height * root.ratio))
                }

                PostText {
                    emojis: root.view.pictured ? root.post.emojis : []
                    ink: Theme.deskInk
                    size: (text.length > 200 ? 20 : 27) * root.unit
                    text: root.post.text
                    visible: text !== ""
                    width: parent.width
                }

                AuthorLine {
                    ground: Theme.deskGround
                    ink: Theme.deskInk
                    nameSize: 19 * root.unit
                    pictured: root.view.pictured
                    post: root.post
                    quiet: Theme.deskQuiet
                    quietSize: 15 * root.unit
                    whole: true
                    width: parent.width
                }

                HungBlocks {
                    ink: Theme.deskInk
                    pictured: root.view.pictured
                    post: root.post
                    quiet: Theme.deskQuiet
                    size: 17 * root.unit
                    whole: true
                    width: parent.width
                }

                DeskNotes {
                    post: root.post
                    unit: root.unit
                    width: parent.width
                }
            }
        }
    }
}
