from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from factories import post, received
from servers.tag_server import TagServer, Trouble

from kiosk.app.check import check
from kiosk.archive.event_file import EventFile
from kiosk.domain.errors import SettingsError
from kiosk.settings import EventTable, Settings, WallTable
from kiosk.sources.mastodon.mastodon import MastodonTable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def server():
    with TagServer() as running:
        yield running


def event(folder: Path, *servers: str, **source: Any) -> Settings:
    tables = [MastodonTable(server=each, **({"allow_private_addresses": True} | source)) for each in servers]
    return Settings(event=EventTable(name="Evening", hashtags=("#hall",)), source=tuple(tables), folder=folder)


def checked(settings: Settings) -> tuple[int, list[str]]:
    said: list[str] = []
    code = asyncio.run(check(settings, said.append))
    gc.collect()  # a connection left open would warn now, and warnings are errors
    return code, said


def test_all_is_well_where_the_server_answers_and_the_file_can_be_made(tmp_path, server):
    server.add(1)
    server.add(2)
    code, said = checked(event(tmp_path, server.url))
    assert code == 0
    assert said[0] == "Event “Evening”, #hall, times in UTC."
    assert said[1] == f"✓ A new event file would be made: {tmp_path / 'event.wall'}"
    assert said[2] == "✓ Theme night: words at 8.7:1 or better."
    assert said[3].startswith(
        "• Text is at least 2.2% of the screen, 24 px at 1080p: 3 columns of about 29 letters a line"
    )
    assert said[4].startswith("  screen_height and farthest_seat under [wall]")
    assert said[5] == f"✓ mastodon {server.url}: polling; 2 posts belong to the event."
    assert said[6].startswith("  It would be asked every 20 s, without a live stream: ")
    assert said[7].endswith("every post waits for the desk.")
    assert len(said) == 8


def test_a_hall_that_was_measured_is_told_its_sizes(tmp_path, server):
    wall = WallTable(screen_height=3.0, farthest_seat=18.0)
    code, said = checked(msgspec.structs.replace(event(tmp_path, server.url), wall=wall))
    assert code == 0
    assert said[3] == (
        "✓ Text is at least 4.1% of the screen, 45 px at 1080p, to be read from 18 m: "
        "2 columns of about 30 letters a line, about 4 posts a screen, 12 s to read one."
    )


def test_a_layout_that_cannot_be_read_from_the_last_row_is_refused(tmp_path, server):
    wall = WallTable(screen_height=3.0, farthest_seat=40.0)
    code, said = checked(msgspec.structs.replace(event(tmp_path, server.url), wall=wall))
    assert code == 1
    assert said[3].startswith("✗ Text: spotlight has room for 12 letters in a line")
    assert "seat nobody farther away than 30 m" in said[3]


def test_checking_changes_nothing(tmp_path, server):
    server.add(1)
    checked(event(tmp_path, server.url))
    assert list(tmp_path.iterdir()) == []
    assert len(server.requests) == 1


def test_no_post_yet_is_said_to_be_no_proof(tmp_path, server):
    code, said = checked(event(tmp_path, server.url))
    assert code == 0
    assert any("No post yet is no proof" in sentence for sentence in said)


def test_posts_that_cannot_be_read_are_counted_with_an_example(tmp_path, server):
    server.add(1)
    server.add(2, created_at="yesterday")
    _, said = checked(event(tmp_path, server.url))
    assert "1 posts belong to the event, 1 could not be read (" in said[5]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble(401), "token_file"),
        (Trouble(503), "trouble"),
        (Trouble(200, b"<html>"), "log-in page"),
        (Trouble(404), "`server`"),
    ],
)
def test_a_source_in_trouble_is_named_with_what_to_do(tmp_path, server, trouble, words):
    server.always = {"/": trouble}
    code, said = checked(event(tmp_path, server.url))
    assert code == 1
    (sentence,) = [each for each in said if each.startswith("✗")]
    assert sentence.startswith(f"✗ mastodon {server.url}: ")
    assert words in sentence


def test_each_source_is_tried_though_another_fails(tmp_path, server):
    server.add(1)
    with TagServer() as ended:
        pass
    code, said = checked(event(tmp_path, ended.url, server.url))
    assert code == 1
    assert sorted(each[0] for each in said if each[1:].startswith(" mastodon")) == ["✓", "✗"]


def test_a_server_in_the_venue_is_refused_unless_it_is_allowed(tmp_path, server):
    code, said = checked(event(tmp_path, server.url, allow_private_addresses=False))
    assert code == 1
    assert any(each.startswith("✗ mastodon") for each in said)
    assert server.requests == []


def test_the_token_goes_to_the_server_and_not_into_a_sentence(tmp_path, server):
    (tmp_path / "token").write_text("open-sesame\n", "utf-8")
    _, said = checked(event(tmp_path, server.url, token_file="token"))  # noqa: S106  # a file's name
    assert server.tokens == {"Bearer open-sesame"}
    assert not any("open-sesame" in each for each in said)


def test_a_token_that_cannot_be_read_is_a_wrong_setting(tmp_path, server):
    with pytest.raises(SettingsError, match="token file"):
        checked(event(tmp_path, server.url, token_file="missing"))  # noqa: S106  # a file's name
    assert server.requests == []


def test_an_event_without_a_source_is_not_well(tmp_path):
    code, said = checked(event(tmp_path))
    assert code == 1
    assert any("No [[source]]" in each for each in said)


def test_an_event_file_that_exists_goes_on_with_what_it_holds(tmp_path, server):
    file = EventFile.open(tmp_path / "event.wall")
    file.append([received(post(1)), received(post(2))])
    file.close()
    code, said = checked(event(tmp_path, server.url))
    assert code == 0
    assert said[1] == f"✓ The event file {tmp_path / 'event.wall'} goes on: 2 pending."


def test_a_file_that_is_no_event_file_is_said_and_kept(tmp_path, server):
    (tmp_path / "event.wall").write_bytes(b"a shopping list" * 100)
    code, said = checked(event(tmp_path, server.url))
    assert code == 1
    assert said[1].startswith("✗ ")
    assert (tmp_path / "event.wall").read_bytes() == b"a shopping list" * 100


def test_a_folder_that_is_not_there_is_said(tmp_path, server):
    code, said = checked(event(tmp_path / "nowhere", server.url))
    assert code == 1
    assert "its folder is missing or not writable" in said[1]


def test_a_theme_that_cannot_be_read_from_the_last_row_is_refused_with_what_would_pass(tmp_path, server):
    server.add(1)
    (tmp_path / "ours.toml").write_text('[colours]\nstage_ink = "#333333"\n', "utf-8")
    settings = event(tmp_path, server.url)
    settings = msgspec.structs.replace(settings, wall=WallTable(theme="ours.toml"))
    code, said = checked(settings)
    assert code == 1
    assert any(
        f"✗ {tmp_path / 'ours.toml'}:2: “#333333” on the stage" in line and "would pass" in line for line in said
    )
