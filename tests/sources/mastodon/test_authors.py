from __future__ import annotations

import pytest

from kiosk.domain.model import Author
from kiosk.sources.mastodon.authors import LONGEST_ADDRESS, Account, author_of, web_address


def test_an_account_becomes_an_author_with_a_full_handle_and_a_still_picture():
    account = Account("@ada@home.example", "Ada\u202e L", avatar="https://f/moving", avatar_static="https://f/still")
    assert author_of(account, "https://x") == Author("@ada@home.example", "Ada L", "https://f/still")


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://social.home.example/@ada", "@ada@social.home.example"),
        (None, "@ada@read.example"),
        ("", "@ada@read.example"),
    ],
)
def test_an_author_of_the_server_itself_is_named_by_the_home_of_their_page(url, handle):
    author = author_of(Account("ada", url=url), "https://read.example:8443")
    assert (author.handle, author.name) == (handle, "ada")


@pytest.mark.parametrize(("acct", "url"), [("", None), ("@", None), ("\u200b", None), ("ada", "https://[home")])
def test_an_account_that_is_nobodys_is_an_error(acct, url):
    with pytest.raises(ValueError, match=r"handle|IPv6"):
        author_of(Account(acct, url=url), "https://read.example")


@pytest.mark.parametrize(
    "url", ["", None, "ftp://x", "javascript:1", "https://" + "x" * LONGEST_ADDRESS, "//x", " https://x"]
)
def test_only_web_addresses_of_sane_length_are_kept(url):
    assert web_address(url) == ""
    assert web_address("https://x/1.png") == "https://x/1.png"
