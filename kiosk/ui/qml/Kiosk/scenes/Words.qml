pragma ComponentBehavior: Bound

import QtQuick
import Kiosk

// The words of the last hour, sized by how many people wrote them; they stand still, and change by a fade.
Backdrop {
    id: root

    required property WallStage stage
    readonly property BigWords words: root.stage.words as BigWords

    above: root.stage.headerHeight

    WordSheet {
        id: below

        opacity: 1 - above.opacity
        screenHeight: root.screenHeight
        sheet: root.words.below
        visible: opacity > 0
        x: root.words.margin
        y: root.words.margin
    }

    WordSheet {
        id: above

        screenHeight: root.screenHeight
        sheet: root.words.above
        x: root.words.margin
        y: root.words.margin
    }

    PostText {
        ink: Theme.stageQuiet
        size: Theme.px(Theme.scrollSmall, root.screenHeight)
        text: qsTr("Said in the last hour, by how many people")
        width: root.width - 2 * x
        x: root.words.margin
        y: root.height - root.words.margin - height
    }

    Connections {
        function onDealt() {
            fade.restart();
        }

        target: root.words
    }

    FadeIn {
        id: fade

        target: above
    }
}
