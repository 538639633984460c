pragma Singleton

import QtQuick

// Every colour, size and duration of both windows; sizes are shares of the screen's height.
QtObject {
    id: root

    // The wall's look: set by the shell from the theme's file before the first window is made (kiosk/ui/brand.py).
    property string family
    property color stage
    property color stageInk
    property color stageQuiet
    property color accent
    property color matte
    property list<color> papers
    property list<color> inks
    property list<color> quiets
    property int crossfade
    property int settle
    property bool reducedMotion
    property bool logo
    property bool backdrop
    property int driftPeriod
    readonly property color ground: root.backdrop ? "transparent" : root.stage

    readonly property int heartbeat: 500
    readonly property int easing: Easing.InOutCubic

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
    readonly property color clear: "transparent"
    readonly property int tick: 1000

    // The test pattern: a screen's own colours, whatever the look.
    readonly property list<color> testBars: ["#ffffff", "#ffff00", "#00ffff", "#00ff00", "#ff00ff", "#ff0000", "#0000ff", "#000000"]

    // Sizes, as shares of the screen's height.
    // None is smaller than `least`, which the farthest seat asks for (kiosk/domain/legibility.py).
    property real least: 0
    readonly property real scrollSmall: grown(0.0225, 0.0225)
    readonly property real scrollName: grown(0.026, 0.0225)
    readonly property real spotSmall: grown(0.0405, 0.0405)
    readonly property real spotName: grown(0.048, 0.0405)
    readonly property real spotQuote: grown(0.056, 0.0405)
    readonly property real uprightSmall: grown(0.03, 0.03)
    readonly property real uprightName: grown(0.0355, 0.03)
    readonly property real spotBody: 0.2
    readonly property real margin: 0.028
    readonly property real seam: 0.0045

    function px(share: real, screenHeight: real): int {
        return Math.round(share * screenHeight);
    }

    // The wall's letters, to be measured.
    function face(pixels: int, weight: int): font {
        return Qt.font({
            "family": root.family,
            "pixelSize": Math.max(1, pixels),
            "weight": weight
        });
    }

    // What lies on a card without being a card: its ink, hardly there.
    function wash(ink: color): color {
        return Qt.rgba(ink.r, ink.g, ink.b, 0.09);
    }

    // Few words may be loud; the longest stay at what can be read from the last row.
    function bodyShare(letters: int): real {
        return grown(letters <= 24 ? 0.062 : letters <= 70 ? 0.042 : letters <= 160 ? 0.033 : letters <= 300 ? 0.028 : 0.0245, 0.0225);
    }

    // Where the smallest size has to grow, larger ones grow by less.
    function grown(share: real, smallest: real): real {
        return Math.max(share, root.least * Math.sqrt(share / smallest));
    }

    // How many lines a post may have in columns: half a screen of them.
    function excerptLines(share: real): int {
        return Math.max(4, Math.min(14, Math.round(0.5 / (share * 1.36))));
    }
}
