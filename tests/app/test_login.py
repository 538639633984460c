from __future__ import annotations

import asyncio
import re
import shutil
import stat
import subprocess
import sys

import pytest
from app.offscreen import environment
from servers.snac import Snac
from servers.tag_server import TagServer, Trouble

from kiosk.app.login import login
from kiosk.domain.errors import Refused, UsageError

APP = Trouble(200, b'{"client_id": "c", "client_secret": "s", "name": "Tweetup Wall"}')
TOKEN = Trouble(200, b'{"access_token": "t", "token_type": "Bearer", "scope": "read"}')
ACCOUNT = Trouble(200, b'{"id": "1", "acct": "ada", "username": "ada"}')


@pytest.fixture
def server():
    with TagServer() as running:
        yield running


def test_a_token_goes_into_a_file_that_only_we_can_read(tmp_path, server):
    server.troubles = [APP, TOKEN, ACCOUNT]
    path, said = tmp_path / "token", []
    assert asyncio.run(login(server.url, path, said.append, lambda _: "code", allow_private=True)) == 0
    assert path.read_text("utf-8") == "t\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert said[-1] == f'Name it in the [[source]] of {server.url}: token_file = "{path}"'
    assert not any("t\n" in line for line in said)


def test_a_file_that_is_there_is_kept_and_nothing_is_asked(tmp_path, server):
    path = tmp_path / "token"
    path.write_text("old", "utf-8")
    with pytest.raises(UsageError, match="exists"):
        asyncio.run(login(server.url, path, print, lambda _: "code", allow_private=True))
    assert (path.read_text("utf-8"), server.requests) == ("old", [])


def test_a_wrong_code_leaves_no_file(tmp_path, server):
    server.troubles = [APP, Trouble(400, b'{"error": "invalid_grant"}')]
    with pytest.raises(Refused):
        asyncio.run(login(server.url, tmp_path / "token", print, lambda _: "code", allow_private=True))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not shutil.which("snac"), reason="needs the snac server")
def test_a_person_logs_in_at_the_command_line(tmp_path):
    with Snac(tmp_path / "snac") as snac:
        command = [sys.executable, "-u", "-m", "kiosk", "login", "mastodon", snac.url, "-o", "token"]
        child = subprocess.Popen(
            [*command, "--allow-private-addresses"],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        asked = ""
        while "is shown: " not in asked:
            letter = child.stdout.read(1)
            assert letter, asked
            asked += letter
        out, _ = child.communicate(snac.consent(re.search(r"http[^ ]+", asked)[0]) + "\n", timeout=20)
        assert child.returncode == 0, out
        assert "Logged in as @ada@127.0.0.1" in out
        token = (tmp_path / "token").read_text("utf-8").strip()
        itself = snac.client.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token}"})
        assert itself.json()["acct"] == "ada"
