from __future__ import annotations

from relays import in_talk
from servers.relay import Writer
from servers.small_relay import SmallRelay

from kiosk.sources.nostr.profiles import Profiles
from kiosk.sources.nostr.questions import AT_ONCE, ask_deletions, ask_posts, ask_profiles

ADA, EVE = Writer("ada"), Writer("eve")
NOTES = [ADA.note(f"Note {number}") for number in range(AT_ONCE + 50)]
LOCAL = [ADA.local_id(note) for note in NOTES]


def test_profiles_are_learned_a_hundred_at_a_time():
    people = [Writer(str(number)) for number in range(AT_ONCE + 50)]
    relay = SmallRelay(*(each.profile(name=each.pubkey[:8]) for each in people))
    profiles = Profiles()
    in_talk(lambda talk, _: ask_profiles(talk, [each.pubkey for each in people], profiles), relay)
    assert all(profiles.get(each.pubkey).name == each.pubkey[:8] for each in people)
    assert [len(question["authors"]) for question in relay.questions] == [AT_ONCE, 50]


def test_a_forged_profile_is_not_learned():
    relay = SmallRelay(ADA.profile(name="Ada") | {"content": '{"name": "The organisers"}'})
    profiles = Profiles()
    in_talk(lambda talk, _: ask_profiles(talk, [ADA.pubkey], profiles), relay)
    assert profiles.get(ADA.pubkey) is None


def test_deletions_count_when_the_author_signed_them():
    altered = ADA.deletion(NOTES[3])
    altered["tags"] = [["e", NOTES[4]["id"]]]
    relay = SmallRelay(ADA.deletion(NOTES[0], NOTES[120], ADA.note("other")), EVE.deletion(NOTES[2]), altered)
    assert in_talk(lambda talk, _: ask_deletions(talk, LOCAL), relay) == {LOCAL[0], LOCAL[120]}
    relay.instead = lambda name, _: [*(["EVENT", name, each] for each in relay.events), ["EOSE", name]]
    assert in_talk(lambda talk, _: ask_deletions(talk, LOCAL), relay) == {LOCAL[0], LOCAL[120]}


def test_posts_are_those_that_were_asked_for():
    relay = SmallRelay(*NOTES, EVE.note("Mine"))
    assert len(in_talk(lambda talk, _: ask_posts(talk, LOCAL), relay)) == len(NOTES)
    relay.instead = lambda name, _: [["EVENT", name, EVE.note("Mine")], ["EVENT", name, NOTES[7]], ["EOSE", name]]
    assert [event.id for event in in_talk(lambda talk, _: ask_posts(talk, LOCAL[7:8]), relay)] == [NOTES[7]["id"]]
