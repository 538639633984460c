from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from recordings import SHARED
from servers.imap_script import ScriptedImap
from servers.mail import MailServer, message, needs_dovecot, poll, with_source

from kiosk.domain.errors import Misconfigured, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.mail import mail as mail_module
from kiosk.sources.mail.mail import Mail, MailTable
from kiosk.sources.source import Means, Picturing, Recheck, picture_reference

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
def test_a_mail_sent_over_smtp_comes_out_as_a_post_with_its_picture(server):
    server.stamp = "Authentication-Results: mx.hall.example; spf=pass smtp.mailfrom=home.example; dkim=fail\r\n"
    written = message("Good evening, #tweetup!\n\n-- \nAda", Subject="Hello from row 7")
    written.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="hall.jpg")
    next(iter(written.iter_attachments()))["Content-Description"] = "The hall"
    server.send(written)

    async def scenario(source: Mail) -> tuple[Any, bytes]:
        batch = await source.poll(None)
        assert isinstance(source, Picturing)
        name, reference = picture_reference(batch.found[0].post.attachments[0].url)
        assert name == source.name
        return batch, await source.picture(reference)

    batch, picture = with_source(server, scenario)
    post = batch.found[0].post
    assert (post.uri, post.author.name) == ("mid:1@home.example", "Ada Lovelace")
    assert post.text == "Hello from row 7\nGood evening, #tweetup!"
    assert post.attachments[0].alt == "The hall"
    assert picture == PICTURE
    assert post.remarks == (
        "Sent by ada@home.example.",
        "Mail says: spf=pass, dkim=fail, as stated by mx.hall.example; not checked here.",
    )
    assert (batch.bad, batch.more) == ((), False)


@needs_dovecot
def test_nothing_in_the_mailbox_is_changed(server):
    server.send(message("Hello"))
    assert len(poll(server).found) == 1
    found = [path.name for path in server.files()]
    identity = poll(server).found[0].local_id
    assert with_source(server, lambda source: source.recheck({identity: PostUri("mid:1@home.example")})).found
    assert [path.name for path in server.files()] == found
    assert all("S" not in name.partition(":2,")[2] for name in found), "no mail is marked as read"


@needs_dovecot
def test_a_wrong_password_and_a_missing_mailbox_are_for_a_person_to_mend(server):
    with pytest.raises(Misconfigured, match="check `user` and the password"):
        poll(server, password="wrong")  # noqa: S106  # it is wrong
    with pytest.raises(Misconfigured, match="no mailbox “Wall”"):
        poll(server, mailbox="Wall")


@needs_dovecot
def test_a_server_that_is_down_is_waited_for(server):
    server.send(message("one"))
    server.stop()
    with pytest.raises(Unavailable):
        poll(server)
    server.start()
    assert len(poll(server).found) == 1


@needs_dovecot
def test_recorded_mails_come_through_a_real_server():
    recorded = sorted((SHARED / "email").rglob("*.eml"))
    if not recorded:
        pytest.skip("needs the recorded mails, which are not part of the project")
    with MailServer() as server:
        for path in recorded:
            server.put(path.read_bytes())
        batch = poll(server)
        assert len(batch.found) >= 30
        assert len(batch.found) + len(batch.bad) >= 33


def test_asking_about_nothing_costs_nothing():
    with ScriptedImap() as server:
        assert with_source(server, lambda source: source.recheck({})) == Recheck()
        assert server.heard == []


def test_whoever_stops_waiting_ends_the_connection():
    over = threading.Event()
    with ScriptedImap(SEARCH=lambda _: over.wait(20) and b"") as silent:

        async def scenario(source: Mail) -> float:
            begun = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await source.poll(Cursor("x", msgspec.json.encode({"validity": 7, "uid": 0}).decode()))
            return time.monotonic() - begun

        waited = time.monotonic()
        assert with_source(silent, scenario) < 1
        assert time.monotonic() - waited < 3, "the thread does not wait for the server"
        over.set()


def test_a_server_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(mail_module, "DEADLINE", 0.5)
    with ScriptedImap(CAPABILITY=b"") as silent, pytest.raises(Unavailable, match="did not finish"):
        poll(silent)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({}, set()),
        ({"server": "imaps://mail.example:1993/"}, set()),
        ({"server": "imap://mail.example", "allow_private_addresses": True}, set()),
        ({"address": "wall+x@hall.example"}, set()),
        ({"server": "imap://mail.example"}, {"server"}),
        ({"server": "https://mail.example"}, {"server"}),
        ({"server": "mail.example"}, {"server"}),
        ({"server": "imaps://user:pw@mail.example"}, {"server"}),
        ({"server": "imaps://mail.example/INBOX"}, {"server"}),
        ({"server": "imaps://mail.example:port"}, {"server"}),
        ({"user": "", "token_file": "", "mailbox": ""}, {"user", "token_file", "mailbox"}),
        ({"address": "wall"}, {"address"}),
    ],
)
def test_a_table_says_what_is_wrong_with_it(options, keys):
    table = MailTable(**{"server": "imaps://mail.example", "user": "wall", "token_file": "mail.token"} | options)
    assert {fault.key for fault in table.faults()} == keys


def test_each_mailbox_has_a_name_of_its_own():
    means = Means(None, (), "secret", Path(), None, None, None)
    names = {
        Mail(MailTable(server="imaps://mail.example", user=user, mailbox=folder, address=address), means).name
        for user in ("a", "b")
        for folder in ("INBOX", "Wall")
        for address in ("", "x@y.example")
    }
    assert len(names) == 8
