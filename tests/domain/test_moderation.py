from __future__ import annotations

import pytest
from factories import ADA, EVENING, at, photo_of, post, standing_approved, stored, waiting
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.model import (
    Attachment,
    Author,
    Card,
    ContentHash,
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
    Tombstone,
    Verdict,
)
from kiosk.domain.moderation import Mode, Rules, content_hash, judge, showable

URL = "https://example.social/a.jpg"
AVATAR = "https://example.social/ada.png"
PLAIN = Rules()
AUTHOR = Author(ADA.handle, ADA.name, AVATAR)
PICTURED = waiting(author=AUTHOR, attachments=(photo_of(URL, "a hall"),), warning="loud")
HELD = Verdict(Opinion.HOLD)
PREVIEW = "https://example.social/preview.png"
CAT = "https://example.social/cat.png"
QUOTE = Quote(Author("@kim@example.social", "Kim", "https://example.social/kim.png"), "I said so.")
CARD = Card("https://example.com/a", "A title", "A description", "Example", PREVIEW)
LADEN = waiting(author=AUTHOR, emojis=(Emoji("cat", CAT),), quote=QUOTE, poll=("tea", "coffee"), card=CARD)

VISIBLE_CHANGES = {
    "text": {"text": "other words"},
    "warning": {"warning": "quiet"},
    "name": {"author": Author(ADA.handle, "Somebody else", AVATAR)},
    "handle": {"author": Author("@eve@example.social", ADA.name, AVATAR)},
    "avatar's address": {"author": Author(ADA.handle, ADA.name, AVATAR + "2")},
    "alt text": {"attachments": (photo_of(URL, "something else"),)},
    "photo's address": {"attachments": (photo_of(URL + "2", "a hall"),)},
    "focus": {"attachments": (Attachment(Kind.PHOTO, URL, "a hall", (0.1, 0.9)),)},
    "kind of attachment": {"attachments": (Attachment(Kind.VIDEO, URL, "a hall"),)},
    "one photo more": {"attachments": (photo_of(URL, "a hall"), photo_of(URL + "2"))},
    "no photo": {"attachments": ()},
    "time": {"created_at": at(1)},
    "an emoji": {"emojis": (Emoji("cat", CAT),)},
    "a quote": {"quote": QUOTE},
    "a poll": {"poll": ("tea",)},
    "a link": {"card": CARD},
}
HANGING_CHANGES = {
    "no emoji": {"emojis": ()},
    "emoji's shortcode": {"emojis": (Emoji("dog", CAT),)},
    "emoji's address": {"emojis": (Emoji("cat", CAT + "2"),)},
    "one emoji more": {"emojis": (Emoji("cat", CAT), Emoji("dog", CAT))},
    "no quote": {"quote": None},
    "quoted text": {"quote": replace(QUOTE, text="I never said so.")},
    "quoted name": {"quote": replace(QUOTE, author=Author(QUOTE.author.handle, "Eve"))},
    "quoted handle": {"quote": replace(QUOTE, author=Author("@eve@example.social", "Kim"))},
    "no poll": {"poll": ()},
    "a choice": {"poll": ("tea", "water")},
    "order of choices": {"poll": ("coffee", "tea")},
    "no link": {"card": None},
    "link's address": {"card": replace(CARD, url="https://example.org/a")},
    "link's title": {"card": replace(CARD, title="Another title")},
    "link's description": {"card": replace(CARD, description="")},
    "link's provider": {"card": replace(CARD, provider="")},
    "link's picture": {"card": replace(CARD, image="")},
}


def test_a_plain_post_is_held_for_a_person():
    assert judge(post(), PLAIN) == HELD


@pytest.mark.parametrize("listed", ["@ada@example.social", "ada@example.social", "@Ada@Example.SOCIAL"])
def test_authors_are_listed_with_or_without_at_and_in_any_case(listed):
    assert judge(post(), Rules(trusted_authors=(listed,))).opinion is Opinion.ALLOW
    refused = judge(post(), Rules(blocked_authors=(listed,), trusted_authors=(listed,)))
    assert refused.opinion is Opinion.REJECT
    assert refused.reasons


def test_a_namesake_on_another_server_is_not_meant():
    assert judge(post(), Rules(blocked_authors=("@ada@other.social",))) == HELD
    assert judge(post(), Rules(trusted_authors=("@ada", "@ada@example.social.evil"))) == HELD


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sensitive": True}, "sensitive"),
        ({"warning": "spiders"}, "spiders"),
        ({"text": ""}, "neither text nor a picture"),
    ],
)
def test_anything_odd_is_held_with_its_reason_even_from_a_trusted_author(changes, reason):
    verdict = judge(post(**changes), Rules(trusted_authors=(ADA.handle,)))
    assert verdict.opinion is Opinion.HOLD
    assert reason in " ".join(verdict.reasons)


@pytest.mark.parametrize(
    "hung", [{"attachments": (photo_of(URL),)}, {"quote": QUOTE}, {"poll": ("tea",)}, {"card": CARD}]
)
def test_something_to_see_without_words_is_not_odd(hung):
    assert judge(post(text="", **hung), PLAIN).reasons == ()


@pytest.mark.parametrize(
    "text",
    [
        "a badword here",
        "BADWORD",
        "b-a-d-w-o-r-d",
        "b4dw0rd!",
        "b\u200da\u00addword",
        "bádwörd",
        "ｂａｄｗｏｒｄ",
        "my badwords",
    ],
)
def test_a_listed_word_is_found_in_disguise(text):
    verdict = judge(post(text=text), Rules(blocked_words=("Badword",)))
    assert verdict.opinion is Opinion.HOLD
    assert verdict.reasons == ("Listed word “Badword” in the text.",)


def test_a_listed_emoji_is_found_and_flags_nothing_else():
    rules = Rules(blocked_words=("🖕", "❤\ufe0f", "!", " "))
    assert judge(post(text="hello"), rules) == HELD
    assert judge(post(text="to you 🖕🏽"), rules).reasons == ("Listed word “🖕” in the text.",)
    assert judge(post(text="I ❤ it"), rules).reasons == ("Listed word “❤\ufe0f” in the text.",)


def test_a_short_listed_word_is_found_only_on_its_own():
    rules = Rules(blocked_words=("ass",))
    assert judge(post(text="first class passage"), rules) == HELD
    assert judge(post(text="what an ass!"), rules).reasons


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"text": "badword"}, "text"),
        ({"author": Author("@ada@x", "badword")}, "name"),
        ({"author": Author("@badword@x", "Ada")}, "handle"),
        ({"warning": "badword"}, "content warning"),
        ({"attachments": (photo_of(URL, "badword"),)}, "picture's description"),
        ({"emojis": (Emoji("badword", URL),)}, "name of an emoji"),
        ({"poll": ("good", "badword")}, "poll"),
        ({"quote": Quote(ADA, "badword")}, "quoted text"),
        ({"quote": Quote(Author("@ada@x", "badword"), "")}, "quoted author's name"),
        ({"quote": Quote(Author("@badword@x", "Ada"), "")}, "quoted author's handle"),
        ({"card": replace(CARD, title="badword")}, "link's title"),
        ({"card": replace(CARD, description="badword")}, "link's description"),
        ({"card": replace(CARD, provider="badword")}, "link's provider"),
        ({"card": Card("https://badword.example", "")}, "link's address"),
    ],
)
def test_a_listed_word_is_found_wherever_it_can_reach_a_pixel(changes, place):
    reasons = judge(post(**changes), Rules(blocked_words=("badword",))).reasons
    assert f"Listed word “badword” in the {place}." in reasons


@given(st.text(), st.lists(st.text(), max_size=4))
def test_a_verdict_can_be_found_on_anything_and_never_approves_by_itself(text, words):
    assert judge(post(text=text), Rules(blocked_words=tuple(words))).opinion is Opinion.HOLD


@given(st.text(min_size=1))
def test_words_only_flag(text):
    rules = Rules(blocked_words=(text,), trusted_authors=(ADA.handle,))
    assert judge(post(text=text), rules).opinion in {Opinion.HOLD, Opinion.ALLOW}


@pytest.mark.parametrize("changes", VISIBLE_CHANGES.values(), ids=VISIBLE_CHANGES)
def test_every_change_that_can_reach_a_pixel_changes_the_hash(changes):
    changed = replace(PICTURED, post=replace(PICTURED.post, **changes))
    assert content_hash(changed) != content_hash(PICTURED)


@pytest.mark.parametrize("changes", HANGING_CHANGES.values(), ids=HANGING_CHANGES)
def test_every_change_to_what_hangs_on_a_post_changes_the_hash(changes):
    assert content_hash(replace(LADEN, post=replace(LADEN.post, **changes))) != content_hash(LADEN)


@pytest.mark.parametrize(
    ("state", "url"),
    [(PICTURED, URL), (PICTURED, AVATAR), (LADEN, PREVIEW), (LADEN, CAT)],
    ids=["photo", "avatar", "link", "emoji"],
)
def test_the_bytes_of_every_picture_belong_to_the_content(state, url):
    red, blue = stored(colour=(255, 0, 0)).photo, stored(colour=(0, 0, 255)).photo
    hashes = {content_hash(replace(state, photos={url: photo})) for photo in (red, blue)}
    assert len(hashes | {content_hash(state)}) == 3


def test_a_post_that_nothing_hangs_on_keeps_the_hash_that_old_decisions_bind_to():
    assert content_hash(waiting()) == "eb7933ea5a883244dc791f81675b95fff11c6eef6ec0bcfd5db3db29e75a3c63"


def test_two_pictures_cannot_be_exchanged_unseen():
    red, blue = stored(colour=(255, 0, 0)).photo, stored(colour=(0, 0, 255)).photo
    one = replace(PICTURED, photos={URL: red, AVATAR: blue})
    assert content_hash(one) != content_hash(replace(PICTURED, photos={URL: blue, AVATAR: red}))


def test_words_cannot_wander_from_one_field_to_the_next_unseen():
    hashes = {
        content_hash(waiting(author=Author("@a@x", name), text=text, warning=warning))
        for name, text, warning in (("ab", "c", ""), ("a", "bc", ""), ("a", "b", "c"), ('a","b', "c", ""))
    }
    assert len(hashes) == 4


def test_what_nobody_sees_does_not_change_the_hash():
    met_again = replace(
        PICTURED,
        sightings=(Sighting("elsewhere", "2"),),
        standing=Standing.STASHED,
        decided_by="ada",
        verdict=Verdict(Opinion.ALLOW),
        revision=9,
        photos={URL: PhotoFailure("gone"), "https://example.social/unasked.jpg": stored().photo},
        echoes=(Echo(PostUri("at://ada/1"), "@ada.bsky.social", Sighting("bluesky", "1")),),
        post=replace(PICTURED.post, remarks=("Its poll ends tonight.",)),
    )
    assert content_hash(met_again) == content_hash(PICTURED)


def test_the_hash_is_the_same_in_every_run():
    state = PostState(post=post(), received_at=EVENING)
    assert content_hash(state) == content_hash(PostState(post=post(), received_at=at(5)))
    assert len(content_hash(state)) == 64


def test_only_an_approved_post_is_shown():
    state = standing_approved()
    assert showable(state)
    assert not showable(None)
    assert not showable(waiting())
    assert not showable(Tombstone(uri=state.uri, deleted_at=EVENING))
    for standing in set(Standing) - {Standing.APPROVED}:
        assert not showable(replace(state, standing=standing))


def test_an_approval_of_something_else_shows_nothing():
    state = standing_approved()
    assert not showable(replace(state, approved=None))
    assert not showable(replace(state, approved=ContentHash("")))
    assert not showable(replace(state, approved=content_hash(waiting(2))))
    assert not showable(replace(state, post=replace(state.post, text=state.post.text + " ")))


def test_review_is_the_first_mode():
    assert next(iter(Mode)) is Mode.REVIEW
    assert {mode.value for mode in Mode} == {"review", "trusted"}
