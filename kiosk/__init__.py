"""Tweetup Wall: what attendees post, shown to the hall, run safely by one operator."""

__version__ = "0.1.0"
