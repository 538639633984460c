"""The Qt shell: windows, cards and the stage."""
