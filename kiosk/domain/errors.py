"""Every error a user may meet: one small tree, each with a sentence that says what to do.

KioskError
├── SettingsError        the event's TOML file (exit code 2)
├── UsageError           the command line (exit code 2)
├── SourceError
│   ├── Unavailable      try again, after `retry_after` seconds where the server said so
│   ├── Refused          the server will not serve this; trying again soon is pointless
│   │   └── Misconfigured   the event's TOML file asks for something that cannot be: a person must change it
│   └── BadPayload       an answer that is not what the interface promises
│       └── Portal          a log-in page of this network answers in the server's place
├── MediaError           a photo that was not fetched or not decoded
└── ArchiveError         an event file that cannot be opened, read or written
"""

from __future__ import annotations


class KioskError(Exception):
    """Root of the tree; `str(error)` is a sentence for the person in front of the screen."""


class SettingsError(KioskError):
    """A wrong line in the event's TOML file."""

    def __init__(self, message: str, *, key: str = "", hint: str = "") -> None:
        """Keep the offending `key` and a `hint` (the nearest valid one) beside the sentence."""
        super().__init__(message)
        self.key = key
        self.hint = hint


class UsageError(KioskError):
    """A command line that cannot be carried out as given."""


class SourceError(KioskError):
    """A source that could not be read this time."""


class Unavailable(SourceError):
    """The source may answer later; `retry_after` is the server's own wish, in seconds, if it had one."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Carry the server's wish beside the sentence."""
        super().__init__(message)
        self.retry_after = retry_after


class Refused(SourceError):
    """The source will not serve this, as asked, to us: a token, a setting or a policy must change."""


class Misconfigured(Refused):
    """What the event's file asks of the source cannot be: a missing token, a folder that is not there."""


class BadPayload(SourceError):
    """The source answered with something that is not what its interface promises."""


class Portal(BadPayload):
    """A log-in page of the network that we are in answers in the server's place: nothing of it is believed."""


class MediaError(KioskError):
    """A photo that was not fetched or not decoded; the reason is shown at the desk."""


class ArchiveError(KioskError):
    """An event file that cannot be opened, read or written."""
