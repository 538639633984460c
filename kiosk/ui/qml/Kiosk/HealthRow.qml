import QtQuick
import Kiosk

// One source at a glance: its shape and colour, its name, its state and figures, and words only where they are needed.
Item {
    id: root

    required property SourceView source
    required property real unit
    required property bool terse
    readonly property bool brief: root.terse && root.source.rank < 2 && root.source.words === ""
    readonly property list<color> colours: [Theme.good, Theme.deskQuiet, Theme.warn, Theme.bad]
    readonly property color colour: root.colours[root.source.rank]

    Accessible.name: root.source.name + ": " + root.source.state + ". " + root.source.facts + ". " + root.source.words
    Accessible.role: Accessible.ListItem
    height: all.height

    DeskLabel {
        horizontalAlignment: Text.AlignHCenter
        ink: root.colour
        size: 15 * root.unit
        text: root.source.mark
        width: 18 * root.unit
    }

    Column {
        id: all

        spacing: 2 * root.unit
        width: root.width - x
        x: 25 * root.unit

        Item {
            height: name.height
            width: parent.width

            DeskLabel {
                id: name

                font.weight: Font.ExtraBold
                size: 14 * root.unit
                text: root.source.name
                width: Math.min(implicitWidth, parent.width * (root.brief ? 0.5 : 0.6))
            }

            DeskLabel {
                anchors.baseline: name.baseline
                anchors.right: parent.right
                horizontalAlignment: Text.AlignRight
                ink: root.brief ? Theme.deskQuiet : root.colour
                size: 13 * root.unit
                text: root.brief ? root.source.facts : root.source.state
                width: parent.width - name.width - 12 * root.unit
            }
        }

        DeskLabel {
            ink: Theme.deskQuiet
            size: 13 * root.unit
            text: root.source.facts
            visible: !root.brief && text !== ""
            width: parent.width
        }

        DeskLabel {
            ink: root.source.rank > 1 ? root.colour : Theme.deskInk
            maximumLineCount: 5
            size: 13 * root.unit
            text: root.source.words
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
        }
    }
}
