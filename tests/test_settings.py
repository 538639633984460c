from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kiosk.domain.errors import SettingsError
from kiosk.settings import THEMES, Settings, SourceTable, assets_folder, load, options, template, toml_value

KINDS = ("mastodon", "rehearsal")
SOURCE = '[event]\nhashtags = ["x"]\n[[source]]\nserver = "https://example.social"\n'
IN_ONE_FOLDER = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "event.toml"


def _load(path: Path, text: str) -> Settings:
    path.write_text(text, "utf-8")
    return load(path, KINDS)


def _fault(path: Path, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as fault:
        _load(path, text)
    return fault.value


def test_an_empty_file_holds_the_defaults(path):
    assert _load(path, "") == Settings(folder=path.parent)
    assert _load(path, "[event]\n[wall]\n[moderation]\n") == Settings(folder=path.parent)


def test_the_template_loads_as_it_is(path):
    loaded = _load(path, template())
    assert loaded.event.name == "My tweetup"
    assert loaded.event.hashtags == ("mytweetup",)
    assert [source.server for source in loaded.source] == ["https://mastodon.social"]
    assert (loaded.moderation, loaded.wall) == (Settings().moderation, Settings().wall)


def test_the_template_shows_every_option_at_its_default(path):
    text, shown = re.subn(r"^# (\w+ = )", r"\1", template(), flags=re.MULTILINE)
    assert _load(path, text) == _load(path, template())
    keys = re.findall(r"^(\w+) = ", text, flags=re.MULTILINE)
    assert keys == [option.key for option in options()]
    assert shown == len(keys) - 4


def test_every_option_has_a_type_and_a_sentence():
    for option in options():
        assert option.sentence.endswith(".")
        assert option.type
        assert tomllib.loads(f"x = {toml_value(option.default)}")["x"] == (
            list(option.default) if isinstance(option.default, tuple) else option.default
        )
    assert {option.type for option in options() if option.key == "theme"} == {" or ".join(f'"{t}"' for t in THEMES)}


def test_what_is_written_is_what_is_read(path):
    loaded = _load(
        path,
        '[event]\nname = "Fest 会"\nhashtags = ["#a", "b"]\ntimezone = "Europe/Berlin"\n'
        '[wall]\nplaylist = ["spotlight"]\ntheme = "paper"\n'
        '[[source]]\nserver = "https://one.social"\ninterval = 30\n[[source]]\nserver = "https://two.social/"\n',
    )
    assert (loaded.event.name, loaded.event.hashtags) == ("Fest 会", ("#a", "b"))
    assert loaded.wall.playlist == ("spotlight",)
    assert [(source.server, source.interval) for source in loaded.source] == [
        ("https://one.social", 30.0),
        ("https://two.social/", 20.0),
    ]


def test_a_byte_order_mark_and_windows_lines_are_no_fault(path):
    path.write_bytes(b'\xef\xbb\xbf[event]\r\nname = "x"\r\n')
    assert load(path, KINDS).event.name == "x"


FAULTS = {
    "unknown key": ('[event]\nname = "x"\nhashtag = ["y"]\n', 3, "hashtag", "hashtags", "[event] has no key"),
    "unknown table": ('[event]\n\n[wal]\ntheme = "night"\n', 3, "", "wall", "there is no table [wal]"),
    "unknown array of tables": ("[[sources]]\n", 1, "", "source", "there is no table [sources]"),
    "a text for a list": ('[event]\nhashtags = "x"\n', 2, "hashtags", "", "wants list of texts"),
    "a number in a list of texts": ('[event]\nhashtags = ["x", 3]\n', 2, "hashtags", "", "wants list of texts"),
    "a list for a text": ('[event]\n\nname = ["x"]\n', 3, "name", "", "wants text"),
    "a text for a number": (SOURCE + 'interval = "20"\n', 5, "interval", "", "wants number"),
    "a number out of range": (SOURCE + "interval = 1\n", 5, "interval", "", "wants number"),
    "no number at all": (SOURCE + "interval = nan\n", 5, "interval", "", "wants number"),
    "a text for a switch": (SOURCE + 'allow_private_addresses = "yes"\n', 5, "allow_private_addresses", "", "or false"),
    "no such choice": ('[wall]\ntheme = "nigth"\n', 2, "theme", "night", '"night" or "paper"'),
    "no such mode": ('[moderation]\nmode = "trust"\n', 2, "mode", "trusted", '"review" or "trusted"'),
    "no such scene": ('[wall]\nplaylist = ["scrol"]\n', 2, "playlist", "scroll", "there is no scene “scrol”"),
    "no scenes": ("[wall]\nplaylist = []\n", 2, "playlist", "", "the playlist is empty"),
    "no such time zone": ('[event]\ntimezone = "Europe/Berlim"\n', 2, "timezone", "Europe/Berlin", "is no time zone"),
    "a zone outside the folder": ('[event]\ntimezone = "../UTC"\n', 2, "timezone", None, "is no time zone"),
    "nothing to look for": ('[event]\nhashtags = []\n[[source]]\nserver = "https://x.y"\n', 2, "hashtags", "", "empty"),
    "no such network": (SOURCE + 'kind = "mastodom"\n', 5, "kind", "mastodon", "there is no network"),
    "no address": ('[event]\nhashtags = ["x"]\n[[source]]\nserver = "x.y"\n', 4, "server", "https://…", "no server"),
    "an address with a path": (SOURCE.replace("social", "social/@ada"), 4, "server", "https://…", "no server address"),
    "an address of two lines": (SOURCE.replace("social", "social\\n"), 4, "server", "https://…", "no server address"),
    "plain http": (SOURCE.replace("https", "http"), 4, "server", "https://…", "plain http"),
    "single brackets": ("[event]\n[source]\n", 2, "", "", "[[source]] with two brackets"),
    "double brackets": ("[[event]]\n", 1, "", "", "“event” must be a table"),
    "a value for a table": ("\nwall = 3\n", 2, "", "", "“wall” must be a table"),
    "a key above all tables": ('# x\nhashtags = ["x"]\n[event]\n', 2, "hashtags", "", "move it below [event]"),
    "a source's key above all tables": ('server = "x"\n', 1, "server", "", "move it below [[source]]"),
    "nonsense above all tables": ('\nhashtagz = "x"\n', 2, "hashtagz", "hashtags", "above all tables"),
    "an inline table": ('# x\nwall = { them = "night" }\n', 2, "them", "theme", "[wall] has no key"),
    "a dotted key": ('# x\nwall.them = "night"\n', 2, "them", "theme", "[wall] has no key"),
    "a quoted key": ('[event]\n"nmae" = "x"\n', 2, "nmae", "name", "[event] has no key"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_a_wrong_line_is_named_with_file_line_key_and_the_nearest_valid_one(path, case):
    text, line, key, hint, words = case
    fault = _fault(path, text)
    assert str(fault).startswith(f"{path}:{line}: ")
    assert words in str(fault)
    assert fault.key == key
    if hint is not None:
        assert fault.hint == hint
        assert str(fault).endswith(f"; did you mean “{hint}”?" if hint else ".")


def test_the_fault_is_named_in_the_right_one_of_several_sources(path):
    fault = _fault(path, SOURCE + 'interval = 20\n[[source]]\nserver = "https://x.y"\nintervall = 30\n')
    assert str(fault).startswith(f"{path}:8: ")
    assert fault.hint == "interval"


def test_the_same_key_in_another_table_is_not_blamed(path):
    fault = _fault(path, '[event]\nname = "x"\n[wall]\nname = "x"\n')
    assert str(fault).startswith(f"{path}:4: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[event]\nname = "x\n', 2),
        ("[event]\nname = \n", 2),
        ("[event]\nname = 'x'\nname = 'y'\n", 3),
        ("[event", 1),
        ("[event]\n\nx = [" + "[" * 5000, 3),
        ("[wall]\nx = " + "9" * 5000 + "\n", 2),
    ],
    ids=["open quote", "no value", "twice", "no bracket", "endless list", "endless number"],
)
def test_what_is_not_toml_is_named_with_its_line(path, text, line):
    assert str(_fault(path, text)).startswith(f"{path}:{line}: not TOML")


@pytest.mark.parametrize("content", [b'[event]\nname = "\xff"', "[event]".encode("utf-16")])
def test_a_file_in_another_encoding_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load(path, KINDS)


def test_a_file_that_is_not_there_leads_to_init(path):
    for missing in (path, path.parent):
        with pytest.raises(SettingsError, match="kiosk init") as fault:
            load(missing, KINDS)
        assert str(missing) in str(fault.value)


@IN_ONE_FOLDER
@given(st.text() | st.from_regex(r"(\[\[?(event|wall|source)\]\]?\n(name|interval|x) = [0-9\"'\[\]{}.=a]{0,6}\n){1,3}"))
def test_any_text_is_read_or_refused_with_a_sentence(path, text):
    path.write_text(text, "utf-8", errors="ignore")
    refused = ""
    try:
        assert isinstance(load(path, KINDS), Settings)
    except SettingsError as fault:
        refused = str(fault)
    assert not refused or refused.startswith(str(path))


def test_plain_http_is_for_the_venue_only(path):
    text = SOURCE.replace("https", "http") + "allow_private_addresses = true\n"
    assert _load(path, text).source[0].server == "http://example.social"


def test_the_event_file_stands_beside_its_toml(path, monkeypatch):
    assert _load(path, "").event_file == path.parent / "event.wall"
    assert _load(path, '[event]\nfile = "/srv/x.wall"').event_file == Path("/srv/x.wall")
    monkeypatch.setenv("HOME", "/home/ada")
    assert _load(path, '[event]\nfile = "~/x.wall"').event_file == Path("/home/ada/x.wall")
    assert _load(path, '[event]\nfile = "~nobody-of-that-name/x"').event_file == path.parent / "~nobody-of-that-name/x"


@pytest.fixture
def credentials(tmp_path, monkeypatch):
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def _token(folder: Path, name: str) -> str:
    return Settings(folder=folder).token(SourceTable(server="https://example.social", token_file=name))


def test_a_source_without_a_token_file_needs_no_token(tmp_path, credentials):
    assert _token(tmp_path, "") == ""


def test_a_token_stands_beside_the_toml_file_or_where_its_path_says(tmp_path):
    (tmp_path / "secret").write_text("\n abc123 \n")
    assert _token(tmp_path, "secret") == "abc123"
    assert _token(Path("/nowhere"), str(tmp_path / "secret")) == "abc123"
    assert _token(tmp_path / "..", f"{tmp_path.name}/secret") == "abc123"


def test_a_bare_name_is_looked_up_among_the_credentials_first(tmp_path, credentials):
    (tmp_path / "secret").write_text("beside")
    assert _token(tmp_path, "secret") == "beside"
    (credentials / "tokens_secret").write_text("from a folder\n")
    assert _token(tmp_path, "secret") == "from a folder"
    (credentials / "secret").write_text("by name\n")
    assert _token(tmp_path, "secret") == "by name"
    assert _token(tmp_path, "./secret") == "beside"


def test_an_empty_or_unreadable_credential_is_passed_over(tmp_path, credentials):
    (credentials / "secret").write_text(" \n")
    (credentials / "tokens_secret").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "secret").write_text("beside")
    assert _token(tmp_path, "secret") == "beside"


def test_a_token_in_the_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "secret").write_text("at home")
    assert _token(Path("/etc/kiosk"), "~/secret") == "at home"


@pytest.mark.parametrize("name", ["missing", ".", "no\0name", "x" * 400, "folder/missing"], ids=ascii)
def test_a_token_that_cannot_be_read_says_where_to_put_it(tmp_path, credentials, name):
    with pytest.raises(SettingsError) as fault:
        _token(tmp_path, name)
    assert "https://example.social" in str(fault.value)
    assert f"put the token into {tmp_path / name}." in str(fault.value)
    assert fault.value.key == "token_file"


def test_the_assets_stand_beside_the_package_or_the_installed_program(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert (assets_folder() / "fonts").is_dir()
    installed = tmp_path / "share" / "kiosk" / "assets"
    installed.mkdir(parents=True)
    assert assets_folder() == installed
