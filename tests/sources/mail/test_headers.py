from __future__ import annotations

import time

import pytest

from kiosk.sources.mail.headers import LONGEST, Headers, decoded_words, readable


def headers(*lines: str) -> Headers:
    return Headers("\r\n".join(lines).encode("utf-8", "surrogateescape"))


def test_the_topmost_of_several_headers_counts_and_folded_lines_are_one():
    read = headers("Subject: one", " two", "X: 1", "subject: three")
    assert read.first("subject") == "one two"
    assert read.every("subject") == ["one two", "three"]
    assert read.first("none") == ""


@pytest.mark.parametrize(
    ("said", "name", "address"),
    [
        ("Ada Lovelace <ada@home.example>", "Ada Lovelace", "ada@home.example"),
        ('"Lovelace, Ada" <Ada@Home.Example>', "Lovelace, Ada", "ada@home.example"),
        ("=?utf-8?q?Ad=C3=A9?= <ada@home.example>", "Adé", "ada@home.example"),
        ('"=?ISO-8859-1?Q?Ad=E9?=" <ada@home.example>', "Adé", "ada@home.example"),
        ("ada@home.example", "", "ada@home.example"),
        ("ada@home.example (Ada)", "Ada", "ada@home.example"),
        ("a@x.example, b@y.example", "", "a@x.example"),
        ("Nobody", "", "nobody"),
    ],
)
def test_senders_are_read_in_every_way_they_are_written(said, name, address):
    read = headers(f"From: {said}")
    assert (read.sender_name, read.sender_address) == (name, address)


def test_a_mail_without_from_is_its_senders():
    read = headers("Sender: <ada@home.example>", "Return-Path: <x@y.example>")
    assert read.sender_address == "ada@home.example"
    assert set(read.sender_addresses) == {"ada@home.example", "x@y.example"}


@pytest.mark.parametrize("name", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_mail_is_addressed_to_whoever_its_headers_name(name):
    read = headers(f"{name}: Somebody <a@b.example>, The Wall <Wall+Event@Hall.example>")
    assert read.addressed_to("wall+event@hall.example")
    assert not read.addressed_to("wall@hall.example")


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: bulk",
        "Precedence: list",
        "Return-Path: <>",
        "From: MAILER-DAEMON@hall.example",
        "From: Shop <no-reply@shop.example>",
        "List-Id: <news.example>",
        "X-Autoreply: yes",
    ],
)
def test_what_programs_send_by_themselves_is_known(line):
    assert headers(line).automatic


@pytest.mark.parametrize("line", ["Auto-Submitted: no", "Precedence: normal", "From: ada@home.example"])
def test_what_people_send_is_not_taken_for_a_programs(line):
    assert not headers(line).automatic


def test_what_a_server_claims_to_have_checked_is_said_and_not_believed():
    read = headers(
        "Authentication-Results: mx.hall.example (a comment; spf=fail); dkim=pass (ok; dmarc=none) header.d=x.example;",
        " spf=softfail smtp.mailfrom=dkim=fail@x.example; dmarc=Fail",
        "Authentication-Results: forged.example; spf=pass",
    )
    assert read.authentication == (
        "Mail says: dkim=pass, spf=softfail, dmarc=fail, as stated by mx.hall.example; not checked here."
    )
    assert "does not say" in headers("Authentication-Results: mx.hall.example; none").authentication
    assert "does not say" in headers("Subject: x").authentication


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?SGFsbMOz?=", "Halló"),
        ("Hi =?utf-8?q?=C3=A9?= there", "Hi é there"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("Grüße", "Grüße"),
        ("=?nonsense?q?abc?=", "abc"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("=?idna?q?abc?=", "abc"),
        ("日本 =?utf-8?q?x?=", "日本 x"),
        ("\udcff", "ÿ"),
    ],
)
def test_encoded_words_are_read_and_broken_ones_lose_nothing_else(raw, text):
    assert decoded_words(raw) == text


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (b"\xc3\xa9", "utf-8", "é"),
        (b"\xe9", "iso-8859-1", "é"),
        (b"\xc3\xa9", "us-ascii", "é"),
        (b"\x93x\x94", "", "“x”"),
        (b"\xc3\xa9\xc3", "utf-8", "é\ufffd"),
        (b"abc", "hex", "abc"),
        (b"abc", "a\0b", "abc"),
    ],
)
def test_text_is_had_whatever_its_character_set_is_said_to_be(raw, charset, text):
    assert readable(raw, charset) == text


@pytest.mark.parametrize("piece", ["=?a?q?", "(", '"', "<", "a@b,", "=?utf-8?q?x?= ", "((spf=", ":;,"])
def test_no_header_costs_more_than_a_moment(piece):
    read = headers(*(f"{name}: {piece * (60_000 // len(piece))}" for name in ("From", "To", "Subject")))
    begun = time.perf_counter()
    assert len(read.first("subject")) <= LONGEST
    assert decoded_words(read.first("subject"))
    assert not read.addressed_to("a@c.example")
    assert all(isinstance(each, str) for each in (read.sender_name, read.authentication, *read.sender_addresses))
    assert not read.automatic
    assert time.perf_counter() - begun < 2
