from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from factories import EVENING
from letters import letter
from recordings import SHARED

from kiosk.domain.model import Kind
from kiosk.sources.mail.messages import arrival, pseudonym, read_letter, uri_of

KEY = b"secret"
PICTURE = b"\xff\xd8" + bytes(8_000)
RECORDED = sorted((SHARED / "email").rglob("*.eml"))


def mail(text: str | None = "Hello hall", **headers: str) -> EmailMessage:
    message = EmailMessage()
    named = {
        "From": "Ada <ada@home.example>",
        "Message-ID": "<1@home.example>",
        "Date": "Mon, 23 Nov 2026 18:30:00 +0100",
    }
    for name, value in (named | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        if value:
            message[name] = value
    if text is not None:
        message.set_content(text)
    return message


def read(message: EmailMessage | bytes):
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return read_letter(letter(raw), lambda part: f"source:mail/{part.section}", KEY)


def test_a_mail_becomes_a_post():
    message = mail(Subject="At the #tweetup")
    message["Content-Language"] = "en, de"
    post = read(message)
    assert post.uri == "mid:1@home.example"
    assert (post.author.name, post.text, post.language) == ("Ada", "At the #tweetup\nHello hall", "en")
    assert post.created_at == datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert post.remarks[0] == "Sent by ada@home.example."


@pytest.mark.parametrize(
    "subject", ["", "Re: your invitation", "Fwd: look", "AW: Einladung", "re[2]: hi", "Hello hall"]
)
def test_a_subject_that_says_nothing_of_their_own_is_no_line(subject):
    assert read(mail(Subject=subject)).text == "Hello hall"


def test_a_photo_alone_is_a_post_and_its_description_is_its_alt_text():
    message = mail(None, Subject="The view")
    message.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="IMG_1.jpg")
    next(iter(message.iter_attachments()))["Content-Description"] = "The hall from above"
    post = read(message)
    assert post.text == "The view"
    assert [(item.kind, item.url, item.alt) for item in post.attachments] == [
        (Kind.PHOTO, "source:mail/1", "The hall from above")
    ]


def test_a_file_name_is_no_alt_text():
    message = mail()
    message.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="a nice hall.jpg")
    assert read(message).attachments[0].alt == ""


def test_logos_within_the_text_are_no_photos_and_small_attachments_are():
    message = mail()
    message.add_alternative('<p>Hello hall</p><img src="cid:logo">', subtype="html")
    message.get_payload()[1].add_related(PICTURE[:4_000], maintype="image", subtype="png", cid="<logo>")
    message.add_attachment(PICTURE[:3_000], maintype="image", subtype="png", filename="small.png")
    message.add_attachment(PICTURE, maintype="application", subtype="octet-stream", filename="IMG_2.HEIC")
    message.add_attachment(b"<svg/>", maintype="image", subtype="svg+xml", filename="x.svg")
    assert [item.url for item in read(message).attachments] == ["source:mail/2", "source:mail/3"]


def test_a_picture_within_the_text_that_is_large_enough_is_a_photo():
    message = mail()
    message.add_alternative('<p>Hello hall</p><img src="cid:view">', subtype="html")
    message.get_payload()[1].add_related(PICTURE, maintype="image", subtype="jpeg", cid="<view>")
    post = read(message)
    assert post.text == "Hello hall"
    assert [item.url for item in post.attachments] == ["source:mail/2.2"]


def test_other_attachments_are_named_to_the_moderator():
    message = mail()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="slides.pdf")
    assert read(message).remarks[-1] == "1 more attachments (application/pdf) are not shown."


def test_plain_text_goes_before_html_and_html_before_nothing():
    message = mail("plain")
    message.add_alternative("<p>rich</p>", subtype="html")
    assert read(message).text == "plain"
    message = mail(None)
    message.set_content("<p>rich<br>text</p><style>p {}</style>", subtype="html")
    assert read(message).text == "rich\ntext"
    message = mail("")
    message.add_alternative("<p>rich</p>", subtype="html")
    message.get_payload()[0].set_payload("")
    assert read(message).text == "rich"


def test_words_between_pictures_are_all_read():
    parts = [
        "Content-Type: text/plain\n\nbefore",
        "Content-Type: image/jpeg\nContent-Disposition: inline\n\n" + "x" * 9_000,
        "Content-Type: text/plain\n\nafter",
    ]
    body = "\n--b\n".join(parts)
    head = "From: a@b.example\nDate: Mon, 23 Nov 2026 18:30:00 +0100\nContent-Type: multipart/mixed; boundary=b"
    raw = f"{head}\n\n--b\n{body}\n--b--\n"
    post = read(raw.encode())
    assert post.text == "before\n\nafter"
    assert len(post.attachments) == 1


def test_a_forwarded_mail_within_the_mail_is_not_opened():
    inner = mail("Somebody else's words", Subject="Private")
    inner.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="x.jpg")
    message = mail("Look at this")
    message.add_attachment(inner)
    post = read(message)
    assert (post.text, post.attachments) == ("Look at this", ())


def test_the_senders_address_never_reaches_the_wall():
    message = mail(
        "I am ADA@home.example, write to ada@\u200bhome.example or <a.l@work.example>",
        From='"ada@home.example" <ada@home.example>',
        Reply_To="a.l@work.example",
        Subject="ada@home.example was here",
    )
    message.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="x.jpg")
    next(iter(message.iter_attachments()))["Content-Description"] = "Photo by ada@home.example"
    post = read(message)
    shown = " ".join([post.author.name, post.author.handle, post.text, *(item.alt for item in post.attachments)])
    assert not re.search(r"home\.example|work\.example", shown, re.IGNORECASE)
    assert post.author.name == "Guest"
    assert "ada@home.example" in post.remarks[0]


def test_a_sender_keeps_a_handle_by_which_they_can_be_blocked():
    one, two, other = (
        read(mail(From=who)).author.handle for who in ("Ada <ADA@home.example>", "ada@home.example", "b@home.example")
    )
    assert one == two != other
    assert pseudonym("ada@home.example", KEY) == one != pseudonym("ada@home.example", b"another mailbox")


@pytest.mark.parametrize("line", ["Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>"])
def test_what_a_program_sent_is_no_post(line):
    assert read(f"{line}\nFrom: a@b.example\n\nI am on holiday\n".encode()) is None


def test_a_bounce_is_no_post():
    assert read(b"From: a@b.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nFailed\n--b--\n") is None


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (mail("Hi", Sensitivity="Company-Confidential"), "private"),
        (mail("> only a quote\n", Subject="Re: x"), "neither words"),
        (mail(None), "neither words"),
    ],
)
def test_what_has_nothing_for_a_wall_says_why(message, why):
    with pytest.raises(ValueError, match=why):
        read(message)


def test_a_mail_without_an_id_is_named_by_its_headers():
    first, again, other = (uri_of(letter(mail(**{"Message-ID": "", "Subject": it}).as_bytes()).headers) for it in "aab")
    assert first == again != other
    assert first.startswith("mid:")


@pytest.mark.parametrize(
    ("said", "uri"),
    [
        ("<a/b%c@d.example>", "mid:a%2Fb%25c@d.example"),
        ("junk <x@y.example> more", "mid:x@y.example"),
        ("no-brackets@y.example", "mid:no-brackets@y.example"),
        ("<a b@c>", "mid:ab@c"),
    ],
)
def test_a_message_id_becomes_an_address(said, uri):
    assert uri_of(letter(f"Message-ID: {said}\n\nx".encode()).headers) == uri


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("Mon, 23 Nov 2026 17:00:00 +0000", EVENING - timedelta(hours=1)),
        ("Mon, 23 Nov 2026 17:00:00", EVENING - timedelta(hours=1)),
        ("Mon, 23 Nov 2026 18:59:00 +0000", EVENING + timedelta(minutes=59)),
        ("Tue, 24 Nov 2026 18:00:00 +0000", EVENING),
        ("Mon, 99 Xyz 2026 99:99", EVENING),
        ("Fri, 31 Dec 9999 23:59:59 -2359", EVENING),
        ("soon", EVENING),
        ("", EVENING),
    ],
)
def test_a_date_that_cannot_be_gives_way_to_when_the_mail_came(said, when):
    raw = f"From: a@b.example\nDate: {said}\n\nHi\n".encode()
    assert read(raw).created_at == when


def test_the_servers_time_is_read():
    assert arrival(b"23-Nov-2026 19:00:00 +0100") == EVENING
    assert arrival(b" 3-Nov-2026 19:00:00 +0100") == datetime(2026, 11, 3, 18, tzinfo=UTC)
    assert arrival(b"") is None
    assert arrival(b"\xff") is None


def test_spam_is_said():
    assert "The mail server thinks that this is spam." in read(mail(X_Spam_Flag="YES")).remarks


@pytest.mark.skipif(not RECORDED, reason="needs the recorded mails, which are not part of the project")
def test_recorded_mails_are_read():
    posts = []
    for path in RECORDED:
        try:
            posts.append(read(path.read_bytes()))
        except ValueError as error:
            assert str(error)  # noqa: PT017  # a mail may have nothing to show, but says so
    assert len(RECORDED) == 34
    assert sum(post is not None for post in posts) >= 30


SEEDS = [
    mail("Grüße\n> quoted\n-- \nAda", Subject="=?utf-8?q?H=C3=A9?=", Authentication_Results="mx; spf=pass").as_bytes(),
    *(path.read_bytes() for path in RECORDED),
]


@pytest.mark.parametrize(
    "mails", [pytest.param(2_000), pytest.param(10_000, marks=[pytest.mark.campaign, pytest.mark.timeout(600)])]
)
def test_no_mail_breaks_the_reader(mails):
    message = mail("Hello", Subject="Hi")
    message.add_alternative("<p>Hello</p>", subtype="html")
    message.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="x.jpg")
    seeds = [*SEEDS, message.as_bytes()]
    chance = random.Random(mails)
    read_well = 0
    for _ in range(mails):
        try:
            read_well += read(mutated(chance.choice(seeds), chance)) is not None
        except (ValueError, LookupError, RecursionError, OverflowError):
            continue
    assert read_well > mails // 4


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """A mail with a few bytes changed, cut, doubled or replaced by what readers stumble over."""
    broken = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(broken) + 1)
        match chance.randrange(4):
            case 0:
                broken[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del broken[at : at + chance.randint(1, 40)]
            case 2:
                broken[at:at] = broken[max(0, at - chance.randint(1, 80)) : at]
            case _:
                broken[at:at] = chance.choice(
                    [b"=?utf-8?q?", b"\r\n\r\n", b"\n--", b"(((", b"<@>", b"\0", b"\xff\xfe", b"charset=idna", b'"']
                )
    return bytes(broken)
