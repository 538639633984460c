from __future__ import annotations

import random
import socket

import pytest
from servers.imap_script import ScriptedImap
from servers.mail import HOST, PASSWORD, USER, MailServer, needs_dovecot

from kiosk.domain.errors import BadPayload, KioskError, Misconfigured, Refused, SourceError, Unavailable
from kiosk.sources.mail.imap import Account, conversing, mailbox_name
from kiosk.sources.mail.imap_wire import Place

ACCOUNT = Account("wall", "secret", "INBOX")


def ask(server: ScriptedImap, question=lambda talk: talk.examine("INBOX"), account: Account = ACCOUNT):
    plug = socket.create_connection(("127.0.0.1", server.port))
    with conversing(plug, Place("localhost", server.port, secure=True), account, server.trust) as talk:
        return question(talk)


def test_a_mailbox_is_examined_and_never_selected():
    with ScriptedImap() as server:
        assert ask(server) == (7, 2, 1)
        commands = [said.split()[1] for said in server.heard if " " in said]
        assert commands == ["CAPABILITY", "AUTHENTICATE", "EXAMINE", "LOGOUT"]


def test_a_server_without_sasl_is_logged_in_to_plainly():
    with ScriptedImap(CAPABILITY=b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n") as server:
        ask(server)
        assert 'LOGIN wall "secret"' in [said.partition(" ")[2] for said in server.heard]
        with pytest.raises(Misconfigured, match="characters"):
            ask(server, account=Account("wall", "sécret", "INBOX"))
        with pytest.raises(Misconfigured, match="characters"):
            ask(server, account=Account("wall\r\nA1 DELETE x", "secret", "INBOX"))


@pytest.mark.parametrize(
    ("answers", "error", "why"),
    [
        ({"AUTHENTICATE": b"{tag} NO [AUTHENTICATIONFAILED] no such password\r\n"}, Misconfigured, "no such password"),
        ({"AUTHENTICATE": b"{tag} NO [UNAVAILABLE] database down\r\n"}, Unavailable, "database down"),
        ({"AUTHENTICATE": b"* BYE too many\r\n"}, Unavailable, "too many"),
        ({"EXAMINE": b"{tag} NO no such mailbox\r\n"}, Misconfigured, "check `mailbox`"),
        ({"EXAMINE": b"{tag} NO [INUSE] later\r\n"}, Unavailable, "right now"),
        ({"EXAMINE": b"* 1 EXISTS\r\n{tag} OK done\r\n"}, Refused, "numbers its mails anew"),
        ({"EXAMINE": b"{tag} BAD what\r\n"}, SourceError, "localhost"),
        ({"greeting": b"HTTP/1.1 400 Bad Request\r\n\r\n"}, SourceError, "localhost"),
        ({"greeting": b"* BYE closed for today\r\n"}, SourceError, "closed for today"),
        ({"greeting": b"\xff\xff\xff\r\n"}, SourceError, "localhost"),
        ({"greeting": b"* OK hi\r\n", "CAPABILITY": b"* CAPABILITY \xff\r\n{tag} OK x\r\n"}, BadPayload, "IMAP"),
        ({"greeting": b"* OK hi\r\n", "CAPABILITY": b"{tag} OK done\r\n"}, SourceError, "localhost"),
        (
            {"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK done\r\n"},
            Misconfigured,
            "no way to log in",
        ),
    ],
)
def test_each_refusal_is_said_in_a_sentence(answers, error, why):
    with ScriptedImap(**answers) as server, pytest.raises(error, match=why):
        ask(server)


def test_a_certificate_that_nobody_vouches_for_is_refused():
    with ScriptedImap() as server, ScriptedImap() as other:
        server.trust = other.trust
        with pytest.raises(Refused, match="certificate of localhost is not good"):
            ask(server)
        assert server.heard == []


def test_searches_and_fetches_that_fail_are_said():
    with ScriptedImap(SEARCH=b"{tag} NO [LIMIT] slow down\r\n", FETCH=b"{tag} NO broken\r\n") as server:
        for question in (lambda talk: talk.uids("ALL"), lambda talk: talk.fetch_uids([1], "(UID)")):
            with pytest.raises(Unavailable):
                ask(server, lambda talk, question=question: (talk.examine("INBOX"), question(talk)))


def test_numbers_that_are_none_are_left_out_of_a_search():
    with ScriptedImap(SEARCH=b"* SEARCH 3 x 1 99999999999 2 2\r\n{tag} OK done\r\n") as server:
        assert ask(server, lambda talk: (talk.examine("INBOX"), talk.uids("ALL"))[1]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("INBOX", '"INBOX"'),
        ("Wall & Hall", '"Wall &- Hall"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("Événements/été", '"&AMk-v&AOk-nements/&AOk-t&AOk-"'),
        ("台北", '"&U,BTFw-"'),
        ("a\r\nb", '"a&AA0ACg-b"'),
    ],
)
def test_a_mailbox_has_the_name_that_servers_know_it_by(name, sent):
    """The examples are those of RFC 3501, 5.1.3, and some of ours."""
    assert mailbox_name(name) == sent


@needs_dovecot
def test_a_real_server_is_spoken_to_over_tls_and_over_starttls():
    with MailServer() as server:
        for port, secure in ((server.port, True), (server.plain_port, False)):
            plug = socket.create_connection(("127.0.0.1", port))
            account = Account(USER, PASSWORD, "INBOX")
            with conversing(plug, Place(HOST, port, secure), account, server.trust) as talk:
                assert talk.examine("INBOX").mails == 0
                with pytest.raises(Misconfigured, match="no mailbox “Événements”"):
                    talk.examine("Événements")


@pytest.mark.parametrize(
    "answers", [pytest.param(300), pytest.param(3_000, marks=[pytest.mark.campaign, pytest.mark.timeout(600)])]
)
def test_no_answer_of_a_server_breaks_the_conversation(answers):
    chance = random.Random(answers)
    seeds = {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n",
        "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 2] n\r\n{tag} OK [READ-ONLY] done\r\n",
        "SEARCH": b"* SEARCH 1 2 3\r\n{tag} OK done\r\n",
        "FETCH": b"* 1 FETCH (UID 1 BODY[1] {5}\r\nhello)\r\n{tag} OK done\r\n",
    }

    def broken(name: str) -> bytes:
        answer = bytearray(seeds[name])
        if chance.random() < 0.4:
            at = chance.randrange(len(answer))
            answer[at : at + chance.randint(0, 3)] = chance.choice(
                [b"\xff", b"\r\n", b"{9}", b"((", b"* ", b"", b"NIL"]
            )
        # A server that says less than it promised closes; else it would only be waited for.
        return bytes(answer) + b"* BYE enough\r\n"

    def question(talk):
        talk.examine("INBOX")
        return talk.uids("ALL"), talk.fetch_uids([1], "(UID BODY.PEEK[1])")

    with ScriptedImap(**{name: lambda _, name=name: broken(name) for name in seeds}) as server:
        for _ in range(answers):
            try:
                ask(server, question)
            except KioskError as error:
                assert str(error)  # noqa: PT017  # most conversations fail, in a sentence
