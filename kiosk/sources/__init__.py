"""Places posts come from: one file per network, one line in SOURCES."""
