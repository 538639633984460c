from __future__ import annotations

import random

import pytest

from kiosk.sources.mail.imap_answers import DEEPEST, read_fetch, read_values


def test_strings_atoms_lists_and_nothing_are_told_apart():
    assert read_values(b'7 (UID 12 X ("a \\"b\\"" NIL) BODY[1.2]<0> {5}\r\n(x) y)') == [
        b"7",
        [b"UID", b"12", b"X", [b'a "b"', None], b"BODY[1.2]<0>", b"(x) y"],
    ]


def test_a_name_may_hold_spaces_and_brackets_within_its_own_brackets():
    assert read_values(b'1 (BODY[HEADER.FIELDS (FROM TO)]<0> "x")') == [
        b"1",
        [b"BODY[HEADER.FIELDS (FROM TO)]<0>", b"x"],
    ]


@pytest.mark.parametrize("answer", [b"(", b")", b"(()", b'("a', b"(" * (DEEPEST + 1) + b")" * (DEEPEST + 1), b"[x"])
def test_brackets_that_do_not_match_or_stand_too_deep_are_said(answer):
    with pytest.raises(ValueError, match=r"bracket|value"):
        read_values(answer)


def test_messages_are_read_by_uid_and_a_broken_one_loses_only_itself():
    data = [
        (b"1 (UID 5 RFC822.SIZE 10 BODY[HEADER] {4}", b"a: b"),
        b' BODY[1] "one")',
        b"2 (UID 6 ((",
        b"3 (FLAGS (\\Seen))",
        b"4 (UID 8 RFC822.SIZE 11)",
        None,
    ]
    found, bad = read_fetch(data)
    assert (sorted(found), bad) == ([5, 8], 1)
    assert (found[5].section("HEADER"), found[5].section("1")) == (b"a: b", b"one")
    assert found[8].number("RFC822.SIZE") == 11


def test_a_section_is_found_however_the_server_repeats_its_name():
    for name in (b"BODY[HEADER.FIELDS (FROM)]<0>", b'BODY[header.fields ("FROM")]', b"Body[HEADER.FIELDS (FROM)]"):
        found, _ = read_fetch([b"1 (UID 5 " + name + b' "x")'])
        assert found[5].section("HEADER.FIELDS") == b"x"


def test_a_number_that_is_none_is_an_error():
    found, _ = read_fetch([b'1 (UID 5 RFC822.SIZE NIL X "12345678901")'])
    for name in ("RFC822.SIZE", "X", "Y"):
        with pytest.raises(ValueError, match=f"no {name}"):
            found[5].number(name)


def test_no_answer_breaks_the_reader():
    whole = b'1 (UID 5 BODYSTRUCTURE (("text" "plain" NIL NIL NIL "7bit" 4 1) "mixed") BODY[1] {2}\r\nhi)'
    chance = random.Random(1)
    for _ in range(2_000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.choice(b'()"{}[]<> \\5\r\n\xff')
        found, bad = read_fetch([bytes(broken)])
        assert len(found) + bad <= 1
