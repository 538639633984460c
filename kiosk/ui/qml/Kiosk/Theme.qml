pragma Singleton

import QtQuick

// Every colour, size and duration of both windows; sizes are shares of the screen's height.
QtObject {
    id: root

    property string look: "night"
    readonly property bool paper: look === "paper"

    readonly property string family: "Inter Display"
    readonly property color stage: paper ? "#e9e3d6" : "#0a0f1f"
    readonly property color stageInk: paper ? "#14130f" : "#f8f5ee"
    readonly property color stageQuiet: paper ? "#45413a" : "#b7c0d8"
    readonly property color accent: paper ? "#a82a05" : "#ff8552"
    readonly property color matte: paper ? "#99e9e3d6" : "#99060912"

    // A card keeps its tone by its post: mostly quiet, now and then loud, so that a wall has rhythm.
    readonly property list<color> papers: paper ? ["#fbf8f1", "#fbf8f1", "#14130f", "#fbf8f1", "#ffb347", "#d8e4dc"] : ["#18213f", "#18213f", "#f4efe4", "#1f2c57", "#ff8552", "#123a43"]
    readonly property list<color> inks: paper ? ["#14130f", "#14130f", "#f8f5ee", "#14130f", "#1a0f02", "#10241a"] : ["#f8f5ee", "#f8f5ee", "#14130f", "#f8f5ee", "#160701", "#effaf6"]
    readonly property list<color> quiets: paper ? ["#4a463d", "#4a463d", "#c9c3b4", "#4a463d", "#3d2a0b", "#2c463a"] : ["#b7c0d8", "#b7c0d8", "#4a463d", "#c3ccec", "#3b1506", "#a9d3c9"]

    readonly property int crossfade: 900
    readonly property int settle: 600
    readonly property int heartbeat: 500
    readonly property int easing: Easing.InOutCubic
    readonly property real secondsPerScreen: 26

    // Desk: calm and dark, whatever the look of the wall.
    readonly property color deskGround: "#10141f"
    readonly property color deskPanel: "#181e2c"
    readonly property color deskRaised: "#232b3d"
    readonly property color deskLine: "#323c52"
    readonly property color deskInk: "#eef1f8"
    readonly property color deskQuiet: "#a7b1c7"
    readonly property color deskFocus: "#7cc4ff"
    readonly property color good: "#5fd38d"
    readonly property color warn: "#ffc44d"
    readonly property color bad: "#ff7a70"
    readonly property color badGround: "#7a1414"
    readonly property color dark: "#0b0e16"
    readonly property color veil: "#d9080b12"
    readonly property int tick: 1000

    // Sizes, as shares of the screen's height.
    readonly property real scrollSmall: 0.0225
    readonly property real scrollName: 0.026
    readonly property real spotSmall: 0.0405
    readonly property real spotName: 0.048
    readonly property real spotQuote: 0.056
    readonly property real spotBody: 0.2
    readonly property real margin: 0.028
    readonly property real seam: 0.0045

    function px(share: real, screenHeight: real): int {
        return Math.round(share * screenHeight);
    }

    // What lies on a card without being a card: its ink, hardly there.
    function wash(ink: color): color {
        return Qt.rgba(ink.r, ink.g, ink.b, 0.09);
    }

    // Few words may be loud; the longest stay at what can be read from the last row.
    function bodyShare(letters: int): real {
        if (letters <= 24)
            return 0.062;
        if (letters <= 70)
            return 0.042;
        if (letters <= 160)
            return 0.033;
        return letters <= 300 ? 0.028 : 0.0245;
    }
}
