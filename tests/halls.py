"""Places where an attendee posts, each a real server: post with the tag and a picture, edit, delete."""

from __future__ import annotations

import hashlib
import io
import shutil
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, Self

from PIL import Image
from servers import bluesky, mail, relay, sftp, synapse
from servers.snac import Snac

if TYPE_CHECKING:
    from pathlib import Path

TAG = "eveningtest"


class Hall(Protocol):
    """One network; `table` is its `[[source]]`, `needs` what is missing to run it, "" for nothing."""

    def __init__(self, folder: Path) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def table(self) -> str: ...
    def post(self, text: str, picture: bytes) -> Any: ...
    def edit(self, posted: Any, text: str) -> bool: ...
    def delete(self, posted: Any) -> None: ...


def picture(colour: tuple[int, int, int]) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(sink, "JPEG", quality=95)
    return sink.getvalue()


class _Base:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        self.begin(self._stack)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self, stack: ExitStack) -> None: ...


class SnacHall(_Base):
    """The Mastodon API of snac2."""

    installed = staticmethod(lambda: bool(shutil.which("snac")))

    def begin(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(Snac(self.folder / "snac"))

    def table(self) -> str:
        return f'kind = "mastodon"\nserver = "{self.server.url}"\ninterval = 5'

    def post(self, text: str, picture: bytes) -> Any:
        # snac names an upload by the path that it was read from: a second photo.jpg would have the first one's address.
        path = self.folder / f"{hashlib.sha256(picture).hexdigest()}.jpg"
        path.write_bytes(picture)
        return self.server.note(f"{text} #{TAG}", path)

    def edit(self, posted: Any, text: str) -> bool:
        self.server.edit(posted, f"{text} #{TAG}")
        return True

    def delete(self, posted: Any) -> None:
        self.server.delete(posted)


class BlueskyHall(_Base):
    """Bluesky's own PDS, heard through Jetstream's frames."""

    installed = staticmethod((bluesky.FOLDER / "node_modules" / "complete").is_file)

    def begin(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(bluesky.Bluesky())
        self.ada = self.server.join("Ada")

    def table(self) -> str:
        server = self.server
        return (
            f'kind = "bluesky"\ninterval = 5\nserver = "{server.pds}"\nappview = "{server.appview.url}"\n'
            f'jetstream = ["{server.jetstream.url}"]'
        )

    def post(self, text: str, picture: bytes) -> Any:
        return self.server.post(self.ada, f"{text} #{TAG}", TAG, picture, "One colour")

    def edit(self, posted: Any, text: str) -> bool:
        rkey = posted.rsplit("/", 1)[1]
        where = {"repo": self.ada.did, "collection": bluesky.POSTS, "rkey": rkey}
        stands = self.server.client.get(f"{self.server.pds}/xrpc/com.atproto.repo.getRecord", params=where).json()
        edited = self.server.record(f"{text} #{TAG}", TAG) | {"embed": stands["value"]["embed"]}
        self.server.write(self.ada, bluesky.POSTS, rkey, edited)
        return True

    def delete(self, posted: Any) -> None:
        self.server.delete(self.ada, posted)


class NostrHall(_Base):
    """The relay nostr-relay; its pictures stand on a web server, as they do."""

    installed = staticmethod(relay.installed)

    def begin(self, stack: ExitStack) -> None:
        self.relay = stack.enter_context(relay.Relay(self.folder / "relay"))
        self.ada = relay.Writer("ada")
        self._bytes = b""
        hall = self

        class Shelf(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server finds it by this name
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(hall._bytes)))
                self.end_headers()
                self.wfile.write(hall._bytes)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self._web = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
        thread = Thread(target=self._web.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        stack.callback(self._web.server_close)
        stack.callback(self._web.shutdown)

    def table(self) -> str:
        return f'kind = "nostr"\ninterval = 5\nrelays = ["{self.relay.url}"]'

    def post(self, text: str, picture: bytes) -> Any:
        self._bytes = picture
        url = f"http://127.0.0.1:{self._web.server_port}/photo.jpg"
        self.relay.publish(self.ada.profile(name="Ada"))
        note = self.ada.note(f"{text} {url}", ["imeta", f"url {url}", "m image/jpeg"], tag=TAG)
        self.relay.publish(note)
        return note

    def edit(self, posted: Any, text: str) -> bool:
        del posted, text
        return False  # notes cannot be edited: NIP-01 knows kind 1 as a regular event

    def delete(self, posted: Any) -> None:
        self.relay.publish(self.ada.deletion(posted))


class MatrixHall(_Base):
    """A room on Synapse."""

    installed = staticmethod(synapse.installed)

    def begin(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(synapse.Synapse(self.folder / "synapse"))
        self.ada, wall = self.server.member("ada"), self.server.member("wall")
        self.room = self.ada.make_room("hall")
        (self.folder / "token").write_text(wall.token, "utf-8")

    def table(self) -> str:
        return (
            f'kind = "matrix"\ninterval = 5\nserver = "{self.server.url}"\nroom = "{self.room}"\n'
            f'token_file = "{self.folder / "token"}"'
        )

    def post(self, text: str, picture: bytes) -> Any:
        mxc = self.ada.upload(picture, "image/jpeg")
        shown = {"msgtype": "m.image", "body": text, "filename": "photo.jpg", "url": mxc}
        self._url = mxc
        return self.ada.send(self.room, {**shown, "info": {"mimetype": "image/jpeg"}})

    def edit(self, posted: Any, text: str) -> bool:
        more = {"msgtype": "m.image", "filename": "photo.jpg", "url": self._url}
        self.ada.edit(self.room, posted, text, **more)
        return True

    def delete(self, posted: Any) -> None:
        self.ada.redact(self.room, posted)


class MailHall(_Base):
    """A mailbox on Dovecot, mailed to over SMTP."""

    installed = staticmethod(lambda: bool(shutil.which("dovecot", path="/usr/sbin:/usr/bin")))

    def begin(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(mail.MailServer())
        (self.folder / "password").write_text(mail.PASSWORD, "utf-8")

    def table(self) -> str:
        return (
            f'kind = "mail"\ninterval = 5\nserver = "imaps://{mail.HOST}:{self.server.port}"\nuser = "{mail.USER}"\n'
            f'token_file = "{self.folder / "password"}"'
        )

    def post(self, text: str, picture: bytes) -> Any:
        written = mail.message(text, 7, Subject="Hello")
        written.add_attachment(picture, "image", "jpeg", filename="photo.jpg")
        self.server.send(written)

    def edit(self, posted: Any, text: str) -> bool:
        del posted, text
        return False  # a mail that was sent stays as it is

    def delete(self, posted: Any) -> None:
        del posted
        for path in self.server.files():
            path.unlink()


class SftpHall(_Base):
    """A folder that is uploaded to over SFTP."""

    installed = staticmethod(lambda: bool(sftp.SSHD and shutil.which("sftp")))

    def begin(self, stack: ExitStack) -> None:
        self.server = stack.enter_context(sftp.Sftp(self.folder / "ssh"))
        self.drop = self.folder / "drop"
        self.drop.mkdir()

    def table(self) -> str:
        return f'kind = "folder"\ninterval = 5\nfolder = "{self.drop}"'

    def _put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        self.server.run(f"put {path} {self.drop}/.{name}.part", f"rename {self.drop}/.{name}.part {self.drop}/{name}")

    def post(self, text: str, picture: bytes) -> Any:
        self._put("photo.txt", text.encode())
        self._put("photo.jpg", picture)

    def edit(self, posted: Any, text: str) -> bool:
        del posted
        path = self.folder / "photo.txt"
        path.write_text(text, "utf-8")
        self.server.run(f"put {path} {self.drop}/photo.txt")
        return True

    def delete(self, posted: Any) -> None:
        del posted
        self.server.run(f"rm {self.drop}/photo.jpg", f"rm {self.drop}/photo.txt")


HALLS: dict[str, type[Any]] = {
    "mastodon": SnacHall,
    "bluesky": BlueskyHall,
    "nostr": NostrHall,
    "matrix": MatrixHall,
    "mail": MailHall,
    "folder": SftpHall,
}
