from __future__ import annotations

import pytest
from servers.mail import MailServer, message, needs_dovecot, poll, with_source

from kiosk.domain.errors import Refused
from kiosk.domain.model import Cursor, PostUri

PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def dovecot():
    with MailServer() as running:
        yield running


@pytest.fixture
def server(dovecot):
    for path in dovecot.files():
        path.unlink()
    dovecot.stamp = ""
    poll(dovecot)  # Dovecot notices what is no longer there
    return dovecot


@needs_dovecot
def test_only_what_came_since_is_read(server):
    server.send(message("one"))
    first = poll(server)
    again = poll(server, first.cursor)
    assert (again.found, again.cursor) == ((), first.cursor)
    server.send(message("two", 2))
    assert [item.post.text for item in poll(server, first.cursor).found] == ["two"]


@needs_dovecot
@pytest.mark.parametrize("value", ["", "null", "[]", "{", '{"validity": "x"}', '{"uid": -1}', "\ud800"])
def test_a_cursor_that_cannot_be_read_counts_as_none(server, value):
    server.send(message("one"))
    assert len(poll(server, Cursor("x", value)).found) == 1


@needs_dovecot
def test_a_mail_that_was_deleted_or_moved_away_is_gone(server):
    for number in (1, 2, 3):
        server.send(message(f"Mail {number}", number))
    found = poll(server).found
    ids = {item.local_id: item.post.uri for item in found}
    deleted, flagged = server.files()[0], server.files()[1]
    deleted.unlink()
    flagged.rename(flagged.parent.parent / "cur" / f"{flagged.name.partition(':')[0]}:2,T")
    answer = with_source(server, lambda source: source.recheck(ids))
    assert sorted(answer.gone) == sorted(item.local_id for item in found[:2])
    assert list(answer.found) == [found[2]]
    assert answer.bad == ()


@needs_dovecot
def test_a_mailbox_that_was_made_anew_is_read_again_and_loses_nothing(server):
    for number in (1, 2):
        server.send(message(f"Mail {number}", number))
    first = poll(server)
    ids = {item.local_id: item.post.uri for item in first.found} | {"7/9": PostUri("mid:never@home.example")}
    server.make_anew()
    again = poll(server, first.cursor)
    assert [item.post.uri for item in again.found] == [item.post.uri for item in first.found]
    assert again.cursor != first.cursor
    answer = with_source(server, lambda source: source.recheck(ids))
    assert {item.post.uri for item in answer.found} == {item.post.uri for item in first.found}
    assert (answer.gone, len(answer.bad)) == ((), 1)


@needs_dovecot
def test_the_first_time_only_the_newest_mails_are_read(server):
    for number in range(60):
        server.put(message(f"Mail {number}", number).as_bytes())
    batch = poll(server)
    assert len(batch.found) == 50
    assert not batch.more


@needs_dovecot
def test_a_backlog_is_read_in_pages_without_a_gap(server, monkeypatch):
    monkeypatch.setattr("kiosk.sources.mail.mailbox.MOST", 20)
    monkeypatch.setattr("kiosk.sources.mail.mailbox.AT_ONCE", 10)
    cursor = poll(server).cursor
    for number in range(45):
        server.put(message(f"Mail {number}", number).as_bytes())
    read: list[str] = []
    more, polls = True, 0
    while more:
        batch = poll(server, cursor)
        read += [item.post.text for item in batch.found]
        cursor, more, polls = batch.cursor, batch.more, polls + 1
    assert sorted(read) == sorted(f"Mail {number}" for number in range(45))
    assert polls == 3


@needs_dovecot
def test_only_mails_to_the_address_are_read(server):
    server.send(message("For the wall", To="wall+event@hall.example"))
    server.send(message("For the office", 2), to="office@hall.example")
    server.send(message("Blind copy", 3, To="friends@home.example"), to="wall+event@hall.example")
    texts = [item.post.text for item in poll(server, address="Wall+Event@hall.example").found]
    assert texts == ["For the wall", "Blind copy"]


@needs_dovecot
def test_what_cannot_be_shown_loses_only_itself_and_is_said(server, monkeypatch):
    monkeypatch.setattr("kiosk.sources.mail.mailbox.LARGEST", 20_000)
    server.send(message("Fine"))
    large = message("Huge", 2)
    large.add_attachment(bytes(40_000), maintype="image", subtype="jpeg", filename="x.jpg")
    server.send(large)
    server.send(message("> only a quote", 3))
    server.send(message("I am away", 4, Auto_Submitted="auto-replied"))
    server.put(b"\xff\xfe\0 nothing like a mail")
    batch = poll(server)
    assert "Fine" in [item.post.text for item in batch.found]
    assert sum("left out" in sentence for sentence in batch.bad) == len(batch.bad) >= 2
    assert any("more than 0.02" in sentence for sentence in batch.bad)
    assert not any("@home.example" in sentence for sentence in batch.bad)


@needs_dovecot
def test_a_picture_that_is_not_there_or_too_large_is_refused(server, monkeypatch):
    written = message("Look")
    written.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="hall.jpg")
    server.send(written)
    identity = poll(server).found[0].local_id
    validity = identity.partition("/")[0]
    for reference in ("", "1/2", "../x", f"{validity}/99/2", f"{validity}1/1/2", f"{identity}/7", f"{identity}/2.1"):
        with pytest.raises(Refused):
            with_source(server, lambda source, reference=reference: source.picture(reference))
    monkeypatch.setattr("kiosk.sources.mail.mailbox.LARGEST_PICTURE", 5_000)
    with pytest.raises(Refused, match="larger"):
        with_source(server, lambda source: source.picture(f"{identity}/2"))
