"""Bluesky: Jetstream live, search to catch up, and labels before anything may be shown."""
