pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The selected post, whole: this is what a decision binds to. What does not fit is a turn of the wheel away.
Rectangle {
    id: root

    required property DeskView view
    required property real unit
    readonly property DeskPost post: root.view.selected
    property Flickable page: null

    function turn(pages: real) {
        const body = root.page;
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

    // Each post has a page of its own: no binding ever meets another post, or none, halfway through a change.
    Repeater {
        model: root.post === null ? [] : [root.post]

        delegate: content

        onItemAdded: (index, item) => root.page = item as Flickable
        onItemRemoved: root.page = null
    }

    DeskScrollMark {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        flickable: root.page
        unit: root.unit
    }

    Component {
        id: content

        Flickable {
            id: body

            required property DeskPost modelData
            readonly property DeskPost post: modelData
            readonly property real ratio: post.photos.length === 1 ? Math.max(0.01, post.aspect) : 1.5

            anchors.fill: parent
            anchors.margins: 18 * root.unit
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            contentHeight: all.height

            Column {
                id: all

                spacing: 12 * root.unit
                width: body.width

                PhotoMosaic {
                    gap: 4 * root.unit
                    height: Math.round(Math.min(body.height * 0.42, body.width / body.ratio))
                    pictured: root.view.pictured
                    post: body.post
                    visible: body.post.photos.length > 0
                    whole: true
                    width: body.post.photos.length > 1 ? body.width : Math.round(Math.min(body.width, height * body.ratio))
                }

                PostText {
                    emojis: root.view.pictured ? body.post.emojis : []
                    ink: Theme.deskInk
                    size: (text.length > 200 ? 20 : 27) * root.unit
                    text: body.post.text
                    visible: text !== ""
                    width: parent.width
                }

                AuthorLine {
                    ground: Theme.deskGround
                    ink: Theme.deskInk
                    nameSize: 19 * root.unit
                    pictured: root.view.pictured
                    post: body.post
                    quiet: Theme.deskQuiet
                    quietSize: 15 * root.unit
                    whole: true
                    width: parent.width
                }

                HungBlocks {
                    ink: Theme.deskInk
                    pictured: root.view.pictured
                    post: body.post
                    quiet: Theme.deskQuiet
                    size: 17 * root.unit
                    whole: true
                    width: parent.width
                }

                DeskNotes {
                    post: body.post
                    unit: root.unit
                    width: parent.width
                }
            }
        }
    }
}
