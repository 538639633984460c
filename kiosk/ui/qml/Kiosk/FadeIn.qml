import QtQuick
import Kiosk

// Lets what is new appear above what it covers, as everything on the wall does.
NumberAnimation {
    duration: Theme.crossfade
    easing.type: Theme.easing
    from: 0
    property: "opacity"
    to: 1
}
