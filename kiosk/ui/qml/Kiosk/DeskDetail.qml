pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The selected post, whole: this is what a decision binds to.
Rectangle {
    id: root

    required property DeskView view
    required property real unit
    readonly property DeskPost post: root.view.selected

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
        active: root.post !== null
        anchors.fill: parent
        anchors.margins: 18 * root.unit
        sourceComponent: content
    }

    Component {
        id: content

        Item {
            id: body

            Image {
                id: picture

                anchors.horizontalCenter: parent.horizontalCenter
                cache: false
                fillMode: Image.PreserveAspectFit
                height: root.post.photo === "" ? 0 : Math.min(body.height * 0.5, body.width / root.post.aspect)
                source: root.view.photo
                sourceSize.width: Math.ceil(body.width)
                width: body.width
            }

            Column {
                anchors.top: picture.bottom
                anchors.topMargin: picture.height > 0 ? 14 * root.unit : 0
                spacing: 10 * root.unit
                width: body.width

                PostText {
                    ink: Theme.deskInk
                    maximumLineCount: picture.height > 0 ? 8 : 18
                    size: (text.length > 200 ? 20 : 27) * root.unit
                    text: root.post.text
                    width: parent.width
                }

                AuthorLine {
                    ground: Theme.deskGround
                    ink: Theme.deskInk
                    nameSize: 19 * root.unit
                    picture: root.view.avatar
                    post: root.post
                    quiet: Theme.deskQuiet
                    quietSize: 15 * root.unit
                    width: parent.width
                }

                PostText {
                    ink: Theme.warn
                    size: 15 * root.unit
                    text: "▲ " + root.post.reasons
                    visible: root.post.reasons !== ""
                    width: parent.width
                }

                PostText {
                    ink: Theme.deskQuiet
                    maximumLineCount: 4
                    size: 14 * root.unit
                    text: root.post.standing + (root.post.details !== "" ? " · " + root.post.details : "")
                    width: parent.width
                }
            }
        }
    }
}
