from __future__ import annotations

import pytest

from kiosk.domain.errors import (
    ArchiveError,
    BadPayload,
    KioskError,
    MediaError,
    Refused,
    SettingsError,
    SourceError,
    Unavailable,
    UsageError,
)

TREE = {
    KioskError: Exception,
    SettingsError: KioskError,
    UsageError: KioskError,
    SourceError: KioskError,
    Unavailable: SourceError,
    Refused: SourceError,
    BadPayload: SourceError,
    MediaError: KioskError,
    ArchiveError: KioskError,
}


@pytest.mark.parametrize(("error", "root"), TREE.items(), ids=lambda kind: kind.__name__)
def test_every_error_is_a_sentence_and_has_its_place_in_the_tree(error, root):
    assert error.__bases__ == (root,)
    assert str(error("The disk is full.")) == "The disk is full."


def test_a_wrong_line_names_its_key_and_the_nearest_valid_one():
    error = SettingsError("event.toml:3: no such key", key="nmae", hint="name")
    assert (error.key, error.hint) == ("nmae", "name")
    assert str(error) == "event.toml:3: no such key"
    assert (SettingsError("broken").key, SettingsError("broken").hint) == ("", "")


def test_a_source_that_is_away_may_say_when_to_come_back():
    assert Unavailable("busy", retry_after=12.5).retry_after == 12.5
    assert Unavailable("busy").retry_after is None


def test_the_module_draws_the_tree_that_its_classes_form():
    drawn = __import__("kiosk.domain.errors", fromlist=["_"]).__doc__
    for error in TREE:
        assert error.__name__ in drawn
