import QtQuick

// One pressed card, at device pixels and at its place.
Image {
    id: root

    required property string key
    required property int across
    required property int down
    required property int breadth
    required property int extent

    cache: false
    height: root.extent
    source: "image://card/" + root.key
    width: root.breadth
    x: root.across
    y: root.down
}
