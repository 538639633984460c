from __future__ import annotations

import base64
import time

import pytest

from kiosk.sources.mail.text import decoded, own_words, own_words_of_html, unflowed, unpacked


def test_quotes_go_and_answers_between_them_stay():
    assert own_words("Yes!\r\n> Are you there?\r\n>> Hello?\r\nAnd here.\r\n> Where?\r\n") == "Yes!\nAnd here."


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 23 Nov 2026 at 18:00, Ada Lovelace <ada@home.example> wrote:",
        "On Mon, 23 Nov 2026 at 18:00, Ada Lovelace\n<ada@home.example> wrote:",
        "Am 23.11.2026 um 18:00 schrieb Ada:",
        "Le lun. 23 nov. 2026 à 18:00, Ada <a@b.example> a écrit :",
        "El lun, 23 nov 2026 a las 18:00, Ada escribió:",
        "Il giorno lun 23 nov 2026 Ada ha scritto:",
        "Op ma 23 nov 2026 om 18:00 schreef Ada <a@b.example>:",
        "Em seg., 23 de nov. de 2026, Ada escreveu:",
        "Den mån 23 nov. 2026 skrev Ada <a@b.example>:",
    ],
)
def test_the_line_above_a_quote_goes_with_it(line):
    assert own_words(f"Lovely talk!\n\n{line}\n\n> What did you think?\n") == "Lovely talk!"
    assert own_words(f"Lovely talk!\n\n{line}\n") == "Lovely talk!"


def test_somebody_who_tells_what_another_wrote_is_not_cut():
    said = "On Monday my sister wrote:\nwe should all go there.\nSo we came."
    assert own_words(said) == said


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "-----Ursprüngliche Nachricht-----",
        "Begin forwarded message:",
        "From: Ada <ada@home.example>\nSent: Monday",
        "*Von:* Ada\n*Gesendet:* Montag",
        "Von: Ada\nGesendet: Montag",
        "-- ",
        "--",
    ],
)
def test_all_that_follows_is_not_theirs(line):
    assert own_words(f"Lovely talk!\n\n{line}\nSecret: 12345") == "Lovely talk!"


def test_a_line_that_merely_begins_like_one_stays():
    assert own_words("From: here to eternity\nwe danced\n--- and more ---") == (
        "From: here to eternity\nwe danced\n--- and more ---"
    )


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Von meinem iPhone gesendet", "Get Outlook for Android", "Envoyé de mon iPhone"]
)
def test_what_the_telephone_adds_goes(line):
    assert own_words(f"Hello hall\n\n{line}\n") == "Hello hall"
    assert own_words(line) == ""


def test_flowing_lines_are_joined_and_the_signature_is_not():
    flowing = "This is one \r\nsentence.\r\nAnother\r\n> quoted \r\n> more\r\n-- \r\nAda"
    assert own_words(unflowed(flowing, delete_space=False)) == "This is one sentence.\nAnother"
    assert unflowed("ab \ncd", delete_space=True) == "abcd"


def test_html_is_cut_where_mail_programs_begin_a_quote():
    for mark in (
        '<div class="gmail_quote">',
        '<blockquote type="cite">',
        "<blockquote type=cite>",
        '<div id="divRplyFwdMsg">',
        '<div dir="ltr" class="gmail_signature">',
    ):
        assert own_words_of_html(f"<html><body><p>Hello <b>hall</b></p>{mark}Secret</div></body>") == "Hello hall"


@pytest.mark.parametrize(
    ("body", "encoding", "text"),
    [
        (b"SGFsbMOz", "base64", "Halló"),
        (b"SGFs\r\nbMOz", "base64", "Halló"),
        (b"SGFsbMOz!!!!", "base64", "Halló"),
        (b"SGFsbMOzX", "base64", "Halló"),
        (b"Hall=C3=B3=\r\n!", "quoted-printable", "Halló!"),
        (b"=ZZ=C3=B3=", "quoted-printable", "=ZZó"),
        ("Halló".encode(), "8bit", "Halló"),
        (b"plain", "x-uuencode", "plain"),
        (b"plain", "a\r\nb: c", "plain"),
    ],
)
def test_every_encoding_is_undone_as_far_as_it_can_be(body, encoding, text):
    assert decoded(body, encoding, "utf-8") == text


def test_bytes_survive_the_way():
    every = bytes(range(256)) * 40
    assert unpacked(base64.encodebytes(every), "base64") == every


@pytest.mark.parametrize(
    "piece", ["On a wrote:\n", "On ", "> \n", "-- x\n", "<div class=", "wrote", "From:\n", " \n", "a " * 40]
)
def test_no_text_costs_more_than_a_moment(piece):
    text = piece * (65_536 // len(piece))
    begun = time.perf_counter()
    own_words(text)
    own_words_of_html(text)
    unflowed(text, delete_space=True)
    assert time.perf_counter() - begun < 3
