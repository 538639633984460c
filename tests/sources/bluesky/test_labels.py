from __future__ import annotations

import pytest

from kiosk.sources.bluesky.labels import HIDING, MOST, Label, ruling, says_bot


@pytest.mark.parametrize("value", sorted(HIDING))
def test_what_moderators_or_the_author_keep_from_public_screens_is_hidden(value):
    assert ruling([Label(value)]).hidden


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("porn", "Adult content"),
        ("sexual", "Sexually suggestive"),
        ("nudity", "Nudity"),
        ("graphic-media", "Disturbing pictures"),
        ("sexual-figurative", "Sexually suggestive drawing"),
        ("self-harm", "Self-harm"),
        ("intolerant", "Intolerance"),
        ("threat", "Threats"),
        ("spam", "Spam"),
        ("!warn", "Bluesky's moderators warn of it"),
    ],
)
def test_what_they_warn_of_comes_with_a_sentence(value, sentence):
    judged = ruling([Label(value), Label(value, "did:plc:other")])
    assert (judged.hidden, judged.warnings, judged.remarks) == (False, (sentence,), ())


def test_a_label_that_is_not_known_is_a_remark_for_the_desk():
    assert ruling([Label("loves-\u202etrains")]).remarks == ("Labelled “loves-trains” on Bluesky.",)


def test_a_withdrawn_label_counts_for_nothing_and_only_that_one():
    labels = [Label("!hide", "did:plc:mod"), Label("!hide", "did:plc:mod", neg=True), Label("spam", "did:plc:other")]
    assert ruling(labels) == ruling([Label("spam")])


@pytest.mark.parametrize(
    ("expiry", "stands"),
    [
        ("2020-01-01T00:00:00Z", False),
        ("2020-01-01T00:00:00", False),
        ("2999-01-01T00:00:00Z", True),
        ("soon", True),
        ("", True),
    ],
)
def test_an_expired_label_counts_for_nothing(expiry, stands):
    assert ruling([Label("!takedown", exp=expiry)]).hidden is stands


def test_endlessly_many_labels_are_read_to_a_bound():
    assert len(ruling(Label(f"label-{number}") for number in range(10_000)).remarks) == MOST


def test_a_program_that_says_so_is_one():
    assert says_bot([Label("bot", "did:plc:ada")])
    assert not says_bot([Label("bot", "did:plc:ada"), Label("bot", "did:plc:ada", neg=True)])
    assert ruling([Label("bot")]).remarks == ()
