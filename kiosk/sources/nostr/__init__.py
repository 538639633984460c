"""Nostr: several relays, signatures verified, deletions asked for."""
