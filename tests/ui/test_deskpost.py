from __future__ import annotations

import pytest
from factories import ADA, MET, at, photo_of, photo_stored, stored, waiting
from msgspec.structs import replace

from kiosk.domain.fold import fold
from kiosk.domain.model import (
    Attachment,
    Author,
    Card,
    Echo,
    Emoji,
    Kind,
    Opinion,
    PhotoFailure,
    PostState,
    PostUri,
    Quote,
    Sighting,
    Standing,
    Verdict,
)
from kiosk.domain.moderation import content_hash
from kiosk.ui.deskpost import DeskPost

NOW = at(600)
URL = "https://example.social/media/1"
AVATAR = "https://example.social/avatar"


def desk_post(name: str | int = 1, **changes: object) -> DeskPost:
    return DeskPost(waiting(name, **changes), NOW)


def pictured(name: str | int = 1, url: str = URL, **changes: object) -> PostState:
    state = waiting(name, **({"attachments": (photo_of(url),)} | changes))
    after = fold(state, photo_stored(state.uri, url, stored()))
    assert isinstance(after, PostState)
    return after


def test_a_decision_binds_to_the_content_that_was_seen():
    state = waiting()
    assert DeskPost(state, NOW).content == content_hash(state)
    assert DeskPost(waiting(text="edited"), NOW).content != content_hash(state)


def test_the_moderator_reads_why_a_rule_held_the_post_and_what_its_pictures_lack():
    state = replace(
        waiting(attachments=(photo_of(URL), photo_of(f"{URL}-slow"))),
        verdict=Verdict(Opinion.HOLD, ("Listed word “x” in the text.",)),
        photos={URL: PhotoFailure("It is larger than 20 MB.")},
    )
    assert DeskPost(state, NOW).property("reasons").splitlines() == [
        "Listed word “x” in the text.",
        "A picture is missing: It is larger than 20 MB.",
        "Its pictures are still on their way.",
    ]
    assert desk_post().property("reasons") == ""


def test_a_post_says_where_it_stands_and_who_said_so():
    rejected = replace(waiting(), standing=Standing.REJECTED, decided_by="kim", reason="an advert")
    assert desk_post().property("standing") == "waiting"
    assert DeskPost(rejected, NOW).property("standing") == "rejected by kim: an advert"
    assert DeskPost(rejected, NOW, gone="deleted at its origin").property("standing") == "deleted at its origin"
    assert DeskPost(rejected, NOW, gone="deleted at its origin").property("gone") is True


def test_the_details_name_language_sources_and_descriptions():
    state = replace(
        waiting(language="de", edited_at=NOW, attachments=(photo_of(URL, "A cat"), photo_of(URL))),
        sightings=(MET, Sighting("mastodon other.example", "9"), replace(MET, local_id="2")),
    )
    assert DeskPost(state, NOW).property("details") == (
        "de · mastodon example.social · picture: A cat · picture without description · edited"
    )


def test_a_post_says_where_else_it_stands():
    state = replace(
        waiting(),
        sightings=(MET, Sighting("fosstodon.org", "9"), replace(MET, local_id="2")),
        echoes=(Echo(PostUri("at://x"), "@ada.bsky.social", Sighting("bluesky", "1")),),
    )
    assert DeskPost(state, NOW).property("elsewhere") == "bluesky (\u2068@ada.bsky.social\u2069), fosstodon.org"
    assert desk_post().property("elsewhere") == ""


def test_remarks_are_for_the_moderator():
    assert desk_post(remarks=("Its quote waits.", "Its poll ended.")).property("remarks") == (
        "Its quote waits.\nIts poll ended."
    )


def test_a_list_says_what_hangs_on_a_post_and_draws_no_emojis():
    laden = desk_post(
        text="Hi :cat:",
        emojis=(Emoji("cat", URL),),
        quote=Quote(ADA, "so"),
        poll=("tea", "coffee"),
        card=Card("https://example.com", "A title"),
        attachments=(photo_of(URL), photo_of(f"{URL}-2"), Attachment(Kind.OTHER, f"{URL}-3")),
    )
    assert laden.property("hung") == "2 photos · quote · poll of 2 · link"
    assert laden.property("line") == "Hi :cat:"
    assert laden.property("byline") == "\u2068Ada Lovelace\u2069  \u2068@ada@example.social\u2069  · 10 min"
    assert desk_post().property("hung") == ""


@pytest.mark.parametrize(
    ("hung", "line"),
    [
        ({"quote": Quote(ADA, "I said so.")}, "“I said so.”"),
        ({"poll": ("tea", "coffee")}, "tea · coffee"),
        ({"card": Card("https://example.com", "A title")}, "A title"),
        ({}, ""),
    ],
)
def test_a_post_without_words_is_listed_by_what_hangs_on_it(hung, line):
    assert desk_post(text="", **hung).property("line") == line


def test_a_links_picture_stands_for_a_post_without_photos():
    state = replace(waiting(card=Card("https://example.com", "T", image=URL)), photos={URL: stored().photo})
    assert DeskPost(state, NOW).thumbnail == state.photos[URL].sha256
    assert DeskPost(state, NOW).property("pictorial") is True
    assert desk_post().property("pictorial") is False


def test_the_thumbnail_is_the_first_photo_and_never_the_avatar():
    author = Author("@a@b", "A", avatar=AVATAR)
    state = pictured(author=author)
    alone = replace(state, photos={AVATAR: stored((20, 20)).photo})
    both = replace(state, photos={AVATAR: stored((20, 20)).photo, **state.photos})
    assert DeskPost(alone, NOW).thumbnail is None
    assert DeskPost(both, NOW).thumbnail == state.photos[URL].sha256
