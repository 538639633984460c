from __future__ import annotations

import pytest

from kiosk.sources.mail.imap_answers import read_values
from kiosk.sources.mail.parts import MOST_PARTS, Group, Part, leaves, read_structure

TEXT = b'("TEXT" "PLAIN" ("CHARSET" "utf-8" "format" "flowed") NIL NIL "QUOTED-PRINTABLE" 120 4 NIL NIL NIL NIL)'
PHOTO = (
    b'("image" "jpeg" ("name" "a.jpg") "<cid@x>" "The hall" "BASE64" 40000 NIL '
    b'("attachment" ("filename" "hall.jpg")) NIL NIL)'
)


def structure(said: bytes) -> Group | Part:
    return read_structure(read_values(said)[0])


def test_a_mail_without_containers_is_part_1():
    part = structure(TEXT)
    assert isinstance(part, Part)
    assert (part.section, part.kind, part.encoding, part.size) == ("1", "text/plain", "quoted-printable", 120)
    assert dict(part.parameters) == {"charset": "utf-8", "format": "flowed"}


def test_parts_are_numbered_as_they_are_asked_for():
    whole = structure(b"((" + TEXT + TEXT + b' "alternative")' + PHOTO + b' "mixed" ("boundary" "x") NIL)')
    assert isinstance(whole, Group)
    assert whole.subtype == "mixed"
    assert [part.section for part in leaves(whole)] == ["1.1", "1.2", "2"]
    photo = list(leaves(whole))[2]
    assert (photo.filename, photo.description, photo.content_id) == ("hall.jpg", "The hall", "<cid@x>")
    assert (photo.disposition, photo.related) == ("attachment", False)


def test_what_belongs_to_an_html_text_is_known():
    assert [part.related for part in leaves(structure(b"(" + TEXT + PHOTO + b' "related")'))] == [True, True]


def test_a_mail_within_the_mail_stays_closed():
    inner = (
        b'("message" "rfc822" NIL NIL NIL "7bit" 900 ("date") (' + TEXT + PHOTO + b' "mixed") 30 NIL ("attachment"))'
    )
    parts = list(leaves(structure(b"(" + TEXT + inner + b' "mixed")')))
    assert [(part.section, part.kind) for part in parts] == [("1", "text/plain"), ("2", "message/rfc822")]
    assert parts[1].disposition == "attachment"


def test_a_name_in_pieces_is_put_together():
    part = structure(b'("image" "png" NIL NIL NIL "base64" 9 NIL ("inline" ("filename*1" "l.png" "filename*0" "hal")))')
    assert isinstance(part, Part)
    assert part.filename == "hall.png"


def test_what_servers_leave_out_is_empty():
    part = structure(b'("image" "png")')
    assert part == Part("1", "image/png", {}, "", 0)


@pytest.mark.parametrize("said", [b"NIL", b"()", b'"text"', b"12"])
def test_what_is_no_structure_is_said(said):
    with pytest.raises(ValueError, match="parts"):
        structure(said)


def test_too_many_parts_are_refused():
    with pytest.raises(ValueError, match="too many"):
        structure(b"(" + TEXT * (MOST_PARTS + 1) + b' "mixed")')
