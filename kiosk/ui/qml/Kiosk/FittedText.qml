import QtQuick
import Kiosk

// Words as large as their box has room for; where even the smallest size is too large, one page of them.
Item {
    id: root

    required property string text
    required property list<string> emojis
    required property color ink
    required property int least
    required property int most
    property int page: 0
    property real tight: 1.06
    property font face: Theme.face(root.least, Font.ExtraBold)

    // A page is measured in its own box; what else lies in that box may be smaller than the box itself.
    property real room: root.height
    readonly property list<string> pages: Fit.pages(root.text, root.face, root.least, root.width, root.room, root.tight)
    readonly property int turned: Math.min(root.page, root.pages.length - 1)
    readonly property string part: root.pages[root.turned] ?? ""
    readonly property int size: Fit.size(root.pages, root.face, root.least, root.most, root.width, root.height, root.tight)

    // How many pages there would be in a box of another height.
    function pagesWithin(height: real): int {
        return Fit.pages(root.text, root.face, root.least, root.width, height, root.tight).length;
    }

    Paragraphs {
        anchors.verticalCenter: parent.verticalCenter
        emojis: root.emojis.slice(Fit.held(root.pages, root.turned))
        ink: root.ink
        lineHeight: root.tight
        size: root.size
        text: root.part
        weight: root.face.weight
        width: parent.width
    }
}
