from __future__ import annotations

import json
from typing import Any

import pytest
from recordings import needs_recordings, recorded_statuses

from kiosk.domain.model import Card, Emoji, Post, Quote
from kiosk.sources.mastodon.embeds import MOST_CHOICES, MOST_EMOJIS, NOT_SHOWN, WARNED
from kiosk.sources.mastodon.statuses import read_page

STATUS: dict[str, Any] = {
    "id": "7",
    "uri": "https://home.example/7",
    "url": "https://home.example/@ada/7",
    "created_at": "2026-11-23T18:00:00Z",
    "visibility": "public",
    "content": "<p class='quote-inline'>RE: https://home.example/@grace/6</p><p>Look :cake:</p>",
    "account": {"acct": "ada", "url": "https://home.example/@ada", "display_name": "Ada :heart:"},
}
QUOTED = {
    "id": "6",
    "uri": "https://home.example/6",
    "url": "https://home.example/@grace/6",
    "visibility": "public",
    "spoiler_text": "",
    "content": "<p>Tea at five :tea:</p>",
    "account": {"acct": "grace@else.example", "display_name": "Grace", "emojis": []},
    "emojis": [{"shortcode": "tea", "static_url": "https://f/tea.png", "url": "https://f/tea.gif"}],
}
CARD = {
    "url": "https://www.news.example/1",
    "title": "A <talk>",
    "description": "About\nmuch",
    "type": "link",
    "provider_name": "",
    "image": "https://f/card.png",
}
POLL = {"options": [{"title": "Yes", "votes_count": 3}, {"title": ""}, {"title": "No\nway"}], "emojis": []}


def read(**changes: Any) -> Post:
    found, bad, _ = read_page(json.dumps([STATUS | changes]).encode(), "home.example")
    assert bad == []
    return found[0].post


def accepted(**changes: Any) -> dict[str, Any]:
    return {"state": "accepted", "quoted_status": QUOTED | changes}


def test_a_quote_that_its_author_accepted_is_shown():
    post = read(quote=accepted())
    assert post.quote is not None
    assert (post.quote.author.handle, post.quote.author.name) == ("@grace@else.example", "Grace")
    assert (post.quote.text, post.quote.url) == ("Tea at five :tea:", "https://home.example/@grace/6")
    assert post.text == "Look :cake:", "the address that stands for the quote is not shown too"
    assert post.emojis == (Emoji("tea", "https://f/tea.png"),)
    assert post.remarks == ()


NOT_ACCEPTED = {
    **{
        state: {"state": state, "quoted_status": QUOTED}
        for state in ("pending", "rejected", "revoked", "unauthorized", "blocked_account", "muted_account", "new", "")
    },
    "deleted": {"state": "deleted", "quoted_status": None},
    "accepted and not there": {"state": "accepted", "quoted_status": None, "quoted_status_id": "6"},
    "accepted and private": accepted(visibility="private"),
    "accepted of unknown visibility": accepted(visibility=None),
    "accepted of nobody": accepted(account={"acct": ""}),
    "without a state, as Fedibird and Akkoma send it": QUOTED,
    "a number": 6,
    "a misshapen one": {"state": "accepted", "quoted_status": [7]},
}


@pytest.mark.parametrize("quote", NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
def test_any_other_quote_is_not_shown_nor_its_preview_and_the_moderator_knows(quote):
    post = read(quote=quote, card=CARD)
    assert (post.quote, post.card, post.remarks) == (None, None, (NOT_SHOWN,))
    assert "Tea" not in repr(post)
    assert post.text == "Look :cake:"


def test_a_quoted_post_behind_a_warning_is_not_shown():
    post = read(quote=accepted(spoiler_text="Spiders"))
    assert (post.quote, post.remarks) == (None, (WARNED,))


@pytest.mark.parametrize("quote", [None, False])
def test_a_post_that_quotes_nothing_has_no_remark(quote):
    assert read(quote=quote).remarks == ()


def test_a_quote_shows_no_quote_of_its_own():
    inner = accepted(content="<p>Innermost</p>")
    assert "Innermost" not in repr(read(quote=accepted(quote=inner)))


def test_a_preview_of_a_link_is_kept_as_plain_text():
    card = Card("https://www.news.example/1", "A <talk>", "About much", "news.example", "https://f/card.png")
    assert read(card=CARD).card == card
    assert read(card=CARD | {"provider_name": "The News", "image": None}).card.provider == "The News"


def test_a_preview_that_is_just_the_quoted_post_is_left_out():
    assert read(quote=accepted(), card=CARD | {"url": QUOTED["url"]}).card is None
    assert read(quote=accepted(), card=CARD | {"url": QUOTED["uri"]}).card is None
    assert read(quote=accepted(), card=CARD).card is not None


CARDS = [
    None,
    7,
    [],
    {},
    CARD | {"title": ""},
    CARD | {"url": "javascript:1"},
    CARD | {"url": "https://[x"},
    {"url": 1},
]


@pytest.mark.parametrize("card", CARDS)
def test_a_preview_that_says_nothing_is_left_out_and_the_post_stays(card):
    assert read(card=card).card is None


def test_a_polls_choices_are_kept_without_votes():
    assert read(poll=POLL).poll == ("Yes", "No way")
    many = {"options": [{"title": f"Choice {number}"} for number in range(50)]}
    assert len(read(poll=many).poll) == MOST_CHOICES


@pytest.mark.parametrize("poll", [None, 7, [], {}, {"options": None}, {"options": [{"title": 7}]}])
def test_a_poll_that_is_none_is_left_out_and_the_post_stays(poll):
    assert read(poll=poll).poll == ()


def emoji(shortcode: str, **changes: Any) -> dict[str, Any]:
    address = f"https://f/{shortcode}"
    return {"shortcode": shortcode, "url": f"{address}.gif", "static_url": f"{address}.png"} | changes


def test_emojis_of_the_words_the_name_the_poll_and_the_warning_are_kept_and_no_others():
    account = STATUS["account"] | {"emojis": [emoji("heart"), emoji("of_the_biography")]}
    poll = {"options": [{"title": "yes :up:"}], "emojis": [emoji("up")]}
    sent = [emoji("cake"), emoji("spider"), emoji("unused")]
    post = read(account=account, poll=poll, emojis=sent, spoiler_text="A :spider:")
    assert {each.shortcode for each in post.emojis} == {"cake", "heart", "up", "spider"}
    assert all(each.url == f"https://f/{each.shortcode}.png" for each in post.emojis), "still pictures"
    assert set(post.pictures) >= {each.url for each in post.emojis}


def test_an_emoji_without_a_still_picture_has_its_other_one():
    assert read(emojis=[emoji("cake", static_url=None)]).emojis == (Emoji("cake", "https://f/cake.gif"),)


def test_of_two_emojis_with_one_name_the_posts_own_counts():
    quote = accepted(content=":cake:", emojis=[emoji("cake", static_url="https://g/other.png")])
    assert read(emojis=[emoji("cake")], quote=quote).emojis == (Emoji("cake", "https://f/cake.png"),)


def test_emojis_are_capped():
    names = [f"e{number}" for number in range(100)]
    words = " ".join(f":{name}:" for name in names)
    assert len(read(content=words, emojis=[emoji(name) for name in names]).emojis) == MOST_EMOJIS


BAD_EMOJIS = [None, 7, [7], [{}], [emoji("")], [emoji("a b")], [emoji("a:b")], [emoji("x" * 65)]]


@pytest.mark.parametrize("sent", [*BAD_EMOJIS, [emoji("cake", url="x", static_url="y")]])
def test_emojis_that_are_none_are_left_out_and_the_others_stay(sent):
    assert read(emojis=sent).emojis == ()
    if isinstance(sent, list):
        assert read(emojis=[*sent, emoji("cake")]).emojis == (Emoji("cake", "https://f/cake.png"),)


@needs_recordings
def test_recorded_quotes_polls_previews_and_emojis_are_read():
    statuses = recorded_statuses()
    posts = {item.local_id: item.post for item in read_page(json.dumps(statuses).encode(), "example.social")[0]}
    for status in statuses:
        post = posts.get(str(status["id"]))
        if post is None or status.get("edited_at"):
            continue  # not public, or recorded in several states
        quote = status.get("quote")
        if quote and quote.get("quoted_status") and quote["state"] == "accepted":
            assert isinstance(post.quote, Quote)
        if status.get("card") and not quote:
            assert post.card is not None
        if status.get("poll"):
            assert post.poll == tuple(choice["title"] for choice in status["poll"]["options"])
    assert sum(post.quote is not None for post in posts.values()) >= 1
    assert sum(post.card is not None for post in posts.values()) >= 3
