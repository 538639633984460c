from __future__ import annotations

import json
import time

from hypothesis import given
from hypothesis import strategies as st
from servers.relay import Writer

from kiosk.sources.nostr.events import read_event
from kiosk.sources.nostr.profiles import ABSENT, FRESH, MOST, Profile, Profiles, read_profile

ADA = Writer("ada")


def event(content: str, at: float | None = None, kind: int = 0):
    return read_event(json.dumps(ADA.event(kind, content, at=at)).encode(), time.time())


def test_a_profile_says_name_picture_and_whether_it_is_a_bot():
    content = {"name": "ada", "display_name": "Ada\nL.", "picture": "https://x.example/a.png", "bot": True}
    profile = read_profile(event(json.dumps(content)))
    assert (profile.name, profile.picture, profile.bot) == ("Ada L.", "https://x.example/a.png", True)
    assert read_profile(event('{"name": "ada", "display_name": ""}')).name == "ada"


def test_what_is_no_profile_says_nothing():
    assert read_profile(event("{}", kind=1)) is None
    for content in ("", "[]", "nonsense", "{", "[" * 50_000):
        assert read_profile(event(content)) is None
    odd = read_profile(event('{"name": 7, "display_name": ["x"], "picture": "javascript:alert(1)", "bot": "yes"}'))
    assert (odd.name, odd.picture, odd.bot) == ("", "", False)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: st.dictionaries(st.sampled_from(["name", "picture", "bot"]), inner),
    )
)
def test_no_content_breaks_the_reader(content):
    read_profile(event(json.dumps(content)))


def test_the_newest_profile_counts_whatever_the_order():
    profiles = Profiles()
    old, new = event('{"name": "old"}', at=1_000), event('{"name": "new"}', at=2_000)
    for each in (old, new, old):
        profiles.learn(each)
    assert profiles.get(ADA.pubkey).name == "new"
    profiles.learn(event("nonsense", at=3_000))
    assert profiles.get(ADA.pubkey).name == "new"


def test_of_two_made_at_once_the_lower_id_counts():
    one, two = Profile(created_at=5, id="a"), Profile(created_at=5, id="b")
    assert one.replaces(two)
    assert not two.replaces(one)
    assert not one.replaces(one)


def test_who_was_asked_for_is_not_asked_for_again_soon():
    profiles = Profiles()
    assert profiles.wanted([ADA.pubkey, "b", "b"], 0) == [ADA.pubkey, "b"]
    profiles.asked([ADA.pubkey, "b"], 0)
    profiles.learn(event('{"name": "ada"}'))
    assert profiles.wanted([ADA.pubkey, "b"], ABSENT - 1) == []
    assert profiles.wanted([ADA.pubkey, "b"], ABSENT) == ["b"]
    assert profiles.wanted([ADA.pubkey, "b"], FRESH) == [ADA.pubkey, "b"]


def test_only_so_many_people_are_remembered():
    profiles = Profiles()
    profiles.asked([str(number) for number in range(MOST + 10)], 0)
    assert len(profiles._asked) == MOST
    assert profiles.wanted(["0", str(MOST)], 1) == ["0"]
