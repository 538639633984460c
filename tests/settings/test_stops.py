from __future__ import annotations

import pytest

from kiosk.settings.stops import stop_words


@pytest.mark.parametrize("word", ["the", "und", "les", "que", "che", "het", "não"])
def test_what_says_nothing_by_itself_is_known_in_each_language(word):
    assert word in stop_words()


@pytest.mark.parametrize("word", ["bread", "brot", "pain", "party"])
def test_what_people_talk_about_is_no_stop_word(word):
    assert word not in stop_words()
