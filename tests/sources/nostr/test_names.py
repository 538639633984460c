from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sources.nostr.names import Named, decode, encode, named, short

# The examples of https://github.com/nostr-protocol/nips/blob/master/19.md.
NPUBS = {
    "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg": (
        "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
    ),
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6": (
        "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"
    ),
}
NPROFILE = (
    "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuum"
    "pv34kytnrdaksjlyr9p"
)
# The valid strings of https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki that are in lower case.
WORDS = [
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    "?1ezyfcl",
]


@pytest.mark.parametrize(("word", "key"), NPUBS.items())
def test_the_names_of_the_rule_are_read_and_written(word, key):
    assert named(word) == Named("npub", key)
    assert encode("npub", bytes.fromhex(key)) == word


def test_a_name_with_relays_stands_for_its_person():
    assert named(NPROFILE) == Named("npub", "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d")


@pytest.mark.parametrize("word", WORDS)
def test_the_valid_words_of_the_rule_are_read_and_lose_their_validity_with_a_letter(word):
    prefix, data = decode(word)
    assert prefix == word.rpartition("1")[0]
    assert encode(prefix, data) == word
    assert decode(word[:-1] + ("q" if word[-1] != "q" else "p")) is None


def test_a_mistyped_name_is_none():
    word = next(iter(NPUBS))
    for place in range(5, len(word)):
        other = "q" if word[place] != "q" else "p"
        assert named(word[:place] + other + word[place + 1 :]) is None
    for wrong in ("", "1", "npub1", "npub", word[:-1], word + "q", word.upper(), "x" * 2_000, encode("npub", b"short")):
        assert named(wrong) is None


def test_the_short_form_shows_both_ends():
    word, key = next(iter(NPUBS.items()))
    assert short("npub", key) == "npub10elfcs4fr0…zvjptg"
    assert word.endswith("zvjptg")


def test_an_event_in_a_list_is_a_note():
    note = bytes(range(32))
    assert named(encode("nevent", b"\x01\x03wss\x00\x20" + note + b"\x03\x04\x00\x00\x00\x01")) == Named(
        "note", note.hex()
    )
    assert named(encode("nevent", b"\x00\x10" + note[:16])) is None
    assert named(encode("nevent", b"\x00\xff" + note)) is None
    assert named(encode("nevent", b"\x01")) is None
    assert named(encode("naddr", b"\x00\x20" + note)) is None


@given(st.sampled_from(["npub", "note", "nevent", "x"]), st.binary(max_size=200))
def test_what_is_written_is_read_again(prefix, data):
    assert decode(encode(prefix, data)) == (prefix, data)


@given(st.text(max_size=100))
def test_no_word_breaks_the_reader(word):
    for each in (word, f"npub1{word}", f"nevent1{word}"):
        assert decode(each) is None or isinstance(decode(each)[1], bytes)
        assert named(each) is None or len(named(each).hex) == 64
