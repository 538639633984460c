"""Saved events: the event file and what reads it."""
