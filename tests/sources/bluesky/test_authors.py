from __future__ import annotations

import pytest

from kiosk.domain.model import Author
from kiosk.sources.bluesky.authors import Profile, author_of, web_address
from kiosk.sources.bluesky.labels import Label


def test_an_author_has_a_handle_a_name_and_a_picture():
    profile = Profile("did:plc:ada", "ada.test", "Ada \u202eLovelace", "https://cdn.example/ada.jpg")
    assert author_of(profile) == Author("@ada.test", "Ada Lovelace", "https://cdn.example/ada.jpg")


def test_who_has_no_name_is_called_by_the_handle():
    assert author_of(Profile("did:plc:ada", "ada.test", "  ")).name == "ada"


def test_who_has_no_valid_handle_goes_by_the_did():
    assert author_of(Profile("did:plc:ada", "handle.invalid", "Ada")).handle == "@did:plc:ada"


def test_who_has_neither_is_nobody():
    with pytest.raises(ValueError, match="no handle"):
        author_of(Profile("did:plc:ada", "\u202e"))


def test_an_account_that_says_it_is_a_program_is_one():
    assert author_of(Profile("did:plc:ada", "ada.test", labels=[Label("bot")])).bot


@pytest.mark.parametrize("url", [None, "", "ftp://x/y", "javascript:1", "at://did:plc:ada", "https://x/" + "y" * 2_000])
def test_only_web_addresses_of_sane_length_are_pictures(url):
    assert web_address(url) == ""
