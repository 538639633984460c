"""Servers that speak the Mastodon API: timelines without gaps, streams, quotes only where accepted."""
