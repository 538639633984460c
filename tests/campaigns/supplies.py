"""What each kind of source reads in `throughput.py`: a server with an evening's posts, and the source that reads it.

`python tests/campaigns/supplies.py mastodon 2000` serves one kind until its input ends, and says where on one line of
JSON. The answers are made beforehand or kept from the first time they were asked for, so that serving costs little.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import msgspec
from factories import EVENING
from means import means
from servers.appview import AppView, record, view
from servers.bot_api import TOKEN as BOT_TOKEN
from servers.bot_api import BotApi
from servers.drop import photo, put
from servers.feed_server import FeedServer
from servers.graph_api import ACCOUNT, GraphApi
from servers.graph_api import TOKEN as GRAPH_TOKEN
from servers.imap_script import ScriptedImap
from servers.jetstream import Jetstream, posted
from servers.relay import Writer
from servers.scripted import Answer, Asked, Scripted
from servers.small_relay import SmallRelay
from servers.tag_server import TagServer
from servers.x_server import TOKEN as X_TOKEN
from servers.x_server import XServer
from websockets.asyncio.server import serve

from kiosk.domain.model import Cursor
from kiosk.sources.bluesky.bluesky import Bluesky, BlueskyTable
from kiosk.sources.feed.feed import Feed, FeedTable
from kiosk.sources.folder.folder import Folder, FolderTable
from kiosk.sources.mail.mail import Mail, MailTable
from kiosk.sources.mastodon.mastodon import Mastodon, MastodonTable
from kiosk.sources.mastodon.timelines import Place, cursor_of
from kiosk.sources.matrix.matrix import Matrix, MatrixTable
from kiosk.sources.matrix.timeline import Place as RoomPlace
from kiosk.sources.meta.instagram import Instagram, InstagramTable
from kiosk.sources.meta.threads import Threads, ThreadsTable
from kiosk.sources.nostr.nostr import Nostr, NostrTable
from kiosk.sources.nostr.reading import Mark, Marks
from kiosk.sources.source import stream_cursor
from kiosk.sources.spool.spool import Spool, SpoolTable
from kiosk.sources.telegram.telegram import Telegram, TelegramTable
from kiosk.sources.x.reading import Read
from kiosk.sources.x.x import X, XTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.media.client import GuardedClient
    from kiosk.sources.source import Means, Source

Told = dict[str, Any]
PASSWORD = "anything"  # noqa: S105  # these servers look at none
FEED = 200
"""Entries of one feed; more are not kept of any."""

_WORDS = (
    *("what", "a", "wonderful", "talk", "about", "small", "machines", "that", "never", "sleep", "and", "the", "people"),
    *(
        "who",
        "keep",
        "them",
        "warm",
        "in",
        "winter",
        "while",
        "somebody",
        "at",
        "back",
        "asks",
        "where",
        "coffee",
        "is",
    ),
    *("whether", "slides", "will", "be", "online", "before", "evening", "ends"),
)


class Reading(NamedTuple):
    """Sources to be read one after the other, each with the cursor it begins at; `live` ones are streamed."""

    sources: list[Source]
    start: Cursor | None = None
    live: bool = False


class Supply(NamedTuple):
    """One row: how it is served (None: its files are put into the folder for each round), read, and at most posts."""

    serve: Callable[[int], Any] | None
    read: Callable[[Told, Means], Reading]
    most: int = 2_000
    fill: Callable[[Path, int], None] = lambda _, __: None


def words(number: int) -> str:
    """About 130 characters that no other post has, with what posts have: a tag, an emoji, an address, an umlaut."""
    chance = random.Random(number)
    said = " ".join(chance.choice(_WORDS) for _ in range(14))
    return f"{said.capitalize()} {number}! Grüße 🎉 https://example.org/{number} #hall"


def person(number: int) -> str:
    return f"ada{number % 200}"


@contextmanager
def remembering(server: Any, key: Callable[[Any], Any] = lambda asked: asked) -> Iterator[Any]:
    """A server that answers what it was asked before as it did then."""
    right, kept = server.answer, {}

    def answer(asked: Any) -> Any:
        name = key(asked)
        if name not in kept:
            kept[name] = right(asked)
        return kept[name]

    server.answer = answer
    with server:
        yield server


def _target(asked: Any) -> Any:
    return asked.target


@contextmanager
def _mastodon(posts: int) -> Iterator[Told]:
    with remembering(TagServer()) as server:
        for number in range(1, posts + 1):
            who = person(number)
            tagged = '<a href="https://example.org/tags/hall" class="mention hashtag" rel="tag">#<span>hall</span></a>'
            link = (
                f'<a href="https://example.org/{number}" rel="nofollow noopener" target="_blank">'
                f'<span class="invisible">https://</span><span class="">example.org/{number}</span>'
                '<span class="invisible"></span></a>'
            )
            said = words(number).replace("#hall", tagged).replace(f"https://example.org/{number}", link)
            picture = {
                "id": "1",
                "type": "image",
                "url": f"https://files.example/{number}.jpg",
                "preview_url": f"https://files.example/small/{number}.jpg",
                "meta": {"focus": {"x": 0.1, "y": -0.2}, "original": {"width": 1200, "height": 800}},
                "description": "A hall full of people",
            }
            server.add(
                number,
                said,
                account={
                    "id": str(number % 200),
                    "username": who,
                    "acct": who,
                    "display_name": f"{who.capitalize()} Lovelace",
                    "url": f"{server.url}/@{who}",
                    "avatar": f"https://files.example/{who}.png",
                    "bot": False,
                    "note": f"<p>{words(number % 200)}</p>",
                    "emojis": [],
                    "fields": [],
                },
                media_attachments=[picture] if number % 3 == 0 else [],
                emojis=[],
                mentions=[],
                card=None,
                poll=None,
            )
        yield {"url": server.url}


def _read_mastodon(told: Told, given: Means) -> Reading:
    source = Mastodon(MastodonTable(server=told["url"], allow_private_addresses=True), given)
    place = Place(EVENING, ["1"])
    return Reading([source], cursor_of(source.name, {"/api/v1/timelines/tag/hall": place}))


def _post_view(number: int) -> dict[str, Any]:
    made = (EVENING + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shown = view(f"3k{number}", record(words(number), createdAt=made, langs=["en"]), f"did:plc:{person(number)}")
    shown["author"] |= {
        "displayName": f"{person(number)} Lovelace",
        "avatar": f"https://files.example/{number % 200}.jpg",
    }
    return shown


@contextmanager
def _bluesky_search(posts: int) -> Iterator[Told]:
    server = AppView({(shown := _post_view(number))["uri"]: shown for number in range(posts)})
    server.posts = {"createSession": lambda *_: (200, {"accessJwt": "access", "refreshJwt": "refresh"})}
    with remembering(server):
        yield {"url": server.url}


def _read_bluesky_search(told: Told, given: Means) -> Reading:
    table = BlueskyTable(
        server=told["url"], appview=told["url"], identifier="ada.test", jetstream=(), allow_private_addresses=True
    )
    source = Bluesky(table, given._replace(token=PASSWORD))
    return Reading([source], Cursor(source.name, json.dumps({"hall": {"newest": "2026-11-01T00:00:00Z"}})))


@contextmanager
def _bluesky_stream(posts: int) -> Iterator[Told]:
    shown = [_post_view(number) for number in range(posts)]
    first = time.time_ns() // 1000 - 60_000_000
    with AppView({each["uri"]: each for each in shown}) as appview, Jetstream() as jetstream:
        for number, each in enumerate(shown):
            frame = posted(each["author"]["did"], each["uri"].rsplit("/", 1)[1], each["record"], each["cid"])
            jetstream.tell(json.dumps(frame | {"time_us": first + number}, ensure_ascii=False))
        yield {"url": appview.url, "jetstream": jetstream.url, "first": first}


def _read_bluesky_stream(told: Told, given: Means) -> Reading:
    table = BlueskyTable(appview=told["url"], jetstream=(told["jetstream"],), allow_private_addresses=True)
    source = Bluesky(table, given)
    return Reading([source], stream_cursor(source.name, str(told["first"] - 1)), live=True)


@contextmanager
def _feed(posts: int) -> Iterator[Told]:
    class Many(FeedServer):
        """Several feeds in one: /rss?0 has the first entries, /rss?1 the next ones."""

        def answer(self, asked: Asked) -> Any:
            begin = int(asked.target.rsplit("?", 1)[1]) * FEED
            whole, self.statuses = self.statuses, {n: self.statuses[n] for n in range(begin, begin + FEED)}
            try:
                return super().answer(asked)
            finally:
                self.statuses = whole

    with remembering(Many(), _target) as server:
        for number in range(posts):
            server.add(
                number,
                f"<p>{words(number)}</p>",
                author=f"{person(number)} Lovelace",
                uri=f"https://blog.example/posts/{number}",
                picture=f"https://files.example/{number}.jpg" if number % 3 == 0 else "",
            )
        yield {"url": server.url, "feeds": posts // FEED}


def _read_feed(kind: str) -> Callable[[Told, Means], Reading]:
    def read(told: Told, given: Means) -> Reading:
        tables = [
            FeedTable(address=f"{told['url']}/{kind}?{number}", allow_private_addresses=True)
            for number in range(told["feeds"])
        ]
        return Reading([Feed(table, given) for table in tables])

    return read


@contextmanager
def _x(posts: int) -> Iterator[Told]:
    with remembering(XServer(), _target) as server:
        server.users = {
            str(number): {
                "id": str(number),
                "username": f"ada{number}",
                "name": f"Ada{number} Lovelace",
                "profile_image_url": f"https://files.example/{number}_normal.jpg",
            }
            for number in range(200)
        }
        for number in range(1, posts + 1):
            server.add(number, words(number), author_id=str(number % 200))
        yield {"url": server.url, "since": server.identity(0)}


def _read_x(told: Told, given: Means) -> Reading:
    table = XTable(server=told["url"], allow_private_addresses=True, daily_cap=1e6)
    source = X(table, given._replace(token=X_TOKEN))
    return Reading([source], Cursor(source.name, msgspec.json.encode(Read(since=told["since"])).decode()))


def _fill_folder(folder: Path, posts: int) -> None:
    for number in range(posts):
        put(folder / "photos" / f"{number}.jpg", photo(number))
        put(folder / "photos" / f"{number}.txt", words(number))


def _read_folder(_: Told, given: Means) -> Reading:
    return Reading([Folder(FolderTable(folder="photos"), given)])


def _fill_spool(folder: Path, posts: int) -> None:
    for number in range(posts):
        name = person(number)
        said = {
            "version": 1,
            "id": f"evening-{number}",
            "author": {"name": f"{name} Lovelace", "handle": name},
            "text": words(number),
            "created_at": (EVENING + timedelta(seconds=number - 86_400_000)).isoformat(),
            "tags": ["hall"],
        }
        put(folder / "spool" / "new" / str(number) / "post.json", json.dumps(said))
    for name in ("tmp", "taken", "bad", "withdrawn"):
        (folder / "spool" / name).mkdir()


def _read_spool(_: Told, given: Means) -> Reading:
    return Reading([Spool(SpoolTable(folder="spool"), given)])


class _Relay(SmallRelay):
    """Keeps its answers as they go over the wire, by question."""

    def __init__(self, *events: dict[str, Any]) -> None:
        super().__init__(*events)
        self._kept: dict[str, bytes] = {}

    async def start(self) -> None:
        self._server = await serve(self._talk, "127.0.0.1", self._port, compression=None, close_timeout=1)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _answer(self, connection: Any, name: str, question: dict[str, Any]) -> None:
        key = json.dumps([name, question])
        if key not in self._kept:
            small = {field: set(wanted) if isinstance(wanted, list) else wanted for field, wanted in question.items()}
            found = [event for event in self.events if _fits(event, small)]
            found.sort(key=lambda event: (-event["created_at"], event["id"]))
            told = [["EVENT", name, event] for event in found[: question.get("limit", self.most)]]
            self._kept[key] = b"".join(_framed(json.dumps(each).encode()) for each in [*told, ["EOSE", name]])
        connection.transport.write(self._kept[key])


def _framed(text: bytes) -> bytes:
    """A WebSocket's frame of text from a server, of at most 64 KB: RFC 6455, 5.2."""
    return (b"\x81%c" % len(text) if len(text) < 126 else b"\x81~" + len(text).to_bytes(2, "big")) + text


def _fits(event: dict[str, Any], question: dict[str, Any]) -> bool:
    if not question.get("since", 0) <= event["created_at"] <= question.get("until", 1 << 40):
        return False
    named = {"ids": event["id"], "authors": event["pubkey"], "kinds": event["kind"]}
    if any(key in question and value not in question[key] for key, value in named.items()):
        return False
    tags = {key[1:]: wanted for key, wanted in question.items() if key.startswith("#")}
    return all(any(tag[0] == key and tag[1] in wanted for tag in event["tags"]) for key, wanted in tags.items())


@contextmanager
def _nostr(posts: int) -> Iterator[Told]:
    now = time.time()
    people = [Writer(f"ada{number}") for number in range(200)]
    events = [each.profile(now - 1e6, name=f"Ada{number}") for number, each in enumerate(people)]
    for number in range(posts):
        events.append(people[number % 200].note(words(number), at=now - 2 * posts + number))  # noqa: PERF401
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    relay = _Relay(*events)

    async def serve() -> None:
        async with relay:
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield {"url": relay.url, "since": int(now - 2 * posts)}
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


def _read_nostr(told: Told, given: Means) -> Reading:
    source = Nostr(NostrTable(relays=(told["url"],), allow_private_addresses=True), given)
    return Reading([source], Marks({told["url"]: Mark(told["since"])}).moved({}, (), source.name))


@contextmanager
def _matrix(posts: int) -> Iterator[Told]:
    room, size, first = "!hall:hall.test", 100, datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    members = [
        {
            "type": "m.room.member",
            "state_key": f"@ada{number}:hall.test",
            "sender": f"@ada{number}:hall.test",
            "event_id": f"$m{number}",
            "origin_server_ts": 1,
            "content": {
                "membership": "join",
                "displayname": f"Ada{number} Lovelace",
                "avatar_url": f"mxc://hall.test/{number}",
            },
        }
        for number in range(200)
    ]
    events = [
        {
            "type": "m.room.message",
            "event_id": f"$post{number}",
            "sender": f"@ada{number % 200}:hall.test",
            "origin_server_ts": int(1000 * (first + number)),
            "content": {"msgtype": "m.text", "body": words(number)},
            "unsigned": {"age": 1000},
        }
        for number in range(posts)
    ]

    def page(number: int) -> tuple[list[Any], list[Any]]:
        """The page that many pages from the end, oldest first, and who wrote it."""
        chunk = events[max(0, posts - (number + 1) * size) : posts - number * size]
        senders = {event["sender"] for event in chunk}
        return chunk, [member for member in members if member["sender"] in senders]

    server = Scripted()
    chunk, state = page(0)
    timeline = {"events": chunk, "limited": True, "prev_batch": "p1"}
    joined = {room: {"timeline": timeline, "state": {"events": state}}}
    base = "/_matrix/client/v3"
    server.answers = {
        f"{base}/join/": Answer(200, json.dumps({"room_id": room}).encode()),
        f"{base}/sync": Answer(200, json.dumps({"next_batch": "s2", "rooms": {"join": joined}}).encode()),
    }
    answers: dict[str, Answer] = {}
    for number in range(1, (posts - 1) // size + 1):
        chunk, state = page(number)
        more = {"end": f"p{number + 1}"} if (number + 1) * size < posts else {}
        answers[f"from=p{number}&"] = Answer(200, json.dumps({"chunk": chunk[::-1], "state": state, **more}).encode())
    simple = server.answer
    server.answer = lambda asked: (
        next(  # type: ignore[method-assign]
            (answer for part, answer in answers.items() if "/messages?" in asked.target and part in asked.target),
            None,
        )
        or simple(asked)
    )
    with server:
        yield {"url": server.url, "room": room}


def _read_matrix(told: Told, given: Means) -> Reading:
    table = MatrixTable(server=told["url"], room=told["room"], allow_private_addresses=True)
    source = Matrix(table, given._replace(token=PASSWORD))
    return Reading([source], Cursor(source.name, RoomPlace("s1").written()))


@contextmanager
def _telegram(posts: int) -> Iterator[Told]:
    with remembering(BotApi(), lambda asked: asked.target.replace("timeout=0", "timeout=50")) as server:
        for number in range(posts):
            who = {"id": 42 + number % 200, "is_bot": False, "first_name": "Ada", "username": person(number)}
            server.say(words(number), who=who)
        yield {"url": server.url}


def _read_telegram(told: Told, given: Means) -> Reading:
    table = TelegramTable(server=told["url"], allow_private_addresses=True)
    return Reading([Telegram(table, given._replace(token=BOT_TOKEN))])


@contextmanager
def _mail(posts: int) -> Iterator[Told]:
    kept: dict[str, bytes] = {}

    def header(uid: int) -> bytes:
        who, when = person(uid), EVENING + timedelta(seconds=uid - 86_400 * 30)
        return (
            f"From: {who} Lovelace <{who}@home.example>\r\nTo: wall@hall.example\r\nSubject: Hello {uid}\r\n"
            f"Message-ID: <{uid}@home.example>\r\nDate: {when:%a, %d %b %Y %H:%M:%S} +0000\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        ).encode()

    def one(uid: int, asked: str) -> bytes:
        text = words(uid).encode()
        if "BODYSTRUCTURE" not in asked:
            return b"* %d FETCH (UID %d BODY[1]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(text), text)
        head = header(uid)
        shape = b'("text" "plain" ("charset" "utf-8") NIL NIL "8bit" %d 1 NIL NIL NIL NIL)' % len(text)
        names = asked[asked.index("BODY.PEEK[") + 10 : asked.index("]<")].encode()
        return (
            b'* %d FETCH (UID %d RFC822.SIZE 900 INTERNALDATE "24-Oct-2026 18:00:00 +0000" BODYSTRUCTURE %b '
            b"BODY[%b]<0> {%d}\r\n%b)\r\n" % (uid, uid, shape, names, len(head), head)
        )

    def fetch(said: str) -> bytes:
        asked = said.partition(" ")[2]
        if asked not in kept:
            uids = [int(uid) for uid in asked.split(" ")[2].split(",")]
            kept[asked] = b"".join(one(uid, asked) for uid in uids) + b"{tag} OK done\r\n"
        return kept[asked]

    def search(said: str) -> bytes:
        first, last = said.rsplit(" ", 1)[1].split(":")
        uids = range(int(first), min(posts, int(last)) + 1)
        return b"* SEARCH " + " ".join(map(str, uids)).encode() + b"\r\n{tag} OK done\r\n"

    box = (
        f"* {posts} EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT {posts + 1}] n\r\n{{tag}} OK [READ-ONLY] done\r\n"
    )
    with ScriptedImap(EXAMINE=box.encode(), SEARCH=search, FETCH=fetch) as server:
        believed = zip(server.trust.get_ca_certs(), server.trust.get_ca_certs(binary_form=True), strict=True)
        authority = next(whole for said, whole in believed if "trustme" in str(said["issuer"]))
        yield {"port": server.port, "trust": ssl.DER_cert_to_PEM_cert(authority)}


def _read_mail(told: Told, given: Means) -> Reading:
    table = MailTable(server=f"imaps://localhost:{told['port']}", user="wall", allow_private_addresses=True)
    source = Mail(table, given._replace(token=PASSWORD), ssl.create_default_context(cadata=told["trust"]))
    return Reading([source], Cursor(source.name, json.dumps({"validity": 7, "uid": 0})))


@contextmanager
def _threads(posts: int) -> Iterator[Told]:
    with remembering(GraphApi()) as server:
        for number in range(1, posts + 1):
            server.thread(number, words(number), person(number))
        yield {"url": server.url}


def _read_threads(told: Told, given: Means) -> Reading:
    source = Threads(ThreadsTable(), given._replace(token=GRAPH_TOKEN), told["url"])
    return Reading([source], Cursor(source.name, json.dumps({"known": {"hall": ["an older one"]}})))


@contextmanager
def _instagram(posts: int) -> Iterator[Told]:
    class Paged(GraphApi):
        """All of its pages have the same cursor, so each is kept by its place."""

        kept: dict[int, tuple[int, bytes]] = {}  # noqa: RUF012  # one server in one process

        def _recent_media(self, hashtag: str, query: Any) -> tuple[int, bytes]:
            place = self._place + 50 if query.get("after") else 0
            if place not in self.kept:
                self.kept[place] = super()._recent_media(hashtag, query)
            self._place = place
            return self.kept[place]

    with Paged() as server:
        for number in range(1, posts + 1):
            server.photo(number, words(number))
        server.now = EVENING + timedelta(seconds=posts)
        yield {"url": server.url}


def _read_instagram(told: Told, given: Means) -> Reading:
    source = Instagram(InstagramTable(user=ACCOUNT), given._replace(token=GRAPH_TOKEN), told["url"])
    return Reading([source], Cursor(source.name, json.dumps({"known": {"hall": ["an older one"]}})))


SUPPLIES: dict[str, Supply] = {
    "mastodon": Supply(_mastodon, _read_mastodon),
    "bluesky (stream)": Supply(_bluesky_stream, _read_bluesky_stream),
    "bluesky (search)": Supply(_bluesky_search, _read_bluesky_search),
    "feed (RSS)": Supply(_feed, _read_feed("rss")),
    "feed (Atom)": Supply(_feed, _read_feed("atom")),
    "feed (JSON)": Supply(_feed, _read_feed("json")),
    "x": Supply(_x, _read_x),
    "folder": Supply(None, _read_folder, fill=_fill_folder),
    "spool": Supply(None, _read_spool, fill=_fill_spool),
    "nostr": Supply(_nostr, _read_nostr),
    "matrix": Supply(_matrix, _read_matrix),
    "telegram": Supply(_telegram, _read_telegram),
    "mail": Supply(_mail, _read_mail),
    "threads": Supply(_threads, _read_threads, 950),
    "instagram": Supply(_instagram, _read_instagram, 500),
}
"""Every kind of source; Threads and Instagram are read ten pages a poll and no further."""


def given(client: GuardedClient | None, folder: Path, **rest: Any) -> Means:
    """What every source of a round is given."""
    return means(client, folder=folder, **rest)


def main() -> None:
    kind, posts = sys.argv[1], int(sys.argv[2])
    serve = SUPPLIES[kind].serve
    assert serve is not None
    StreamRequestHandler.disable_nagle_algorithm = True  # else a large body waits 40 ms for the head's receipt
    with serve(posts) as told:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
