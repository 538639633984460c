from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from settings.networks import KINDS

from kiosk.domain.airtime import Fairness
from kiosk.domain.errors import SettingsError
from kiosk.domain.turns import Turn
from kiosk.settings import Settings, load

SOURCE = '[event]\nhashtags = ["x"]\n[[source]]\nserver = "https://example.social"\n'
TURN = '[[wall.turn]]\nscene = "scroll"\n'
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


def test_a_playlist_is_a_list_of_scenes_or_tables_that_say_when(path):
    assert _load(path, '[wall]\nplaylist = ["spotlight", "scroll"]\n').turns == (Turn("spotlight"), Turn("scroll"))
    loaded = _load(
        path,
        "[wall]\ncooling = 60\nper_author = 2\n"
        '[[wall.turn]]\nscene = "scroll"\nposts = 8\n'
        '[[wall.turn]]\nscene = "spotlight"\nweight = 2\ndwell = 15\nphotos = 3\nbetween = ["22:30", "1:05"]\n',
    )
    assert loaded.turns == (
        Turn("scroll", posts=8),
        Turn("spotlight", dwell=15.0, weight=2, photos=3, between=(22 * 60 + 30, 65)),
    )
    assert loaded.fairness == Fairness(cooling=60.0, per_author=2)


def test_a_byte_order_mark_and_windows_lines_are_no_fault(path):
    path.write_bytes(b'\xef\xbb\xbf[event]\r\nname = "x"\r\n')
    assert load(path, KINDS).event.name == "x"


FAULTS = {
    "a seat before a screen": (
        "[wall]\n\nfarthest_seat = 9\n",
        3,
        "farthest_seat",
        "",
        "nothing without screen_height",
    ),
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
    "no such choice": ('[wall]\ntheme = "nigth"\n', 2, "theme", "night", "there are carnival, night, noon, paper"),
    "no such file of a theme": ('[wall]\ntheme = "ours.toml"\n', 2, "theme", "", "there is no theme “ours.toml”"),
    "no such mode": ('[moderation]\nmode = "trust"\n', 2, "mode", "trusted", '"review" or "trusted"'),
    "no such scene": ('[wall]\nplaylist = ["scrol"]\n', 2, "playlist", "scroll", "there is no scene “scrol”"),
    "no scenes": ("[wall]\nplaylist = []\n", 2, "playlist", "", "the playlist is empty"),
    "a misspelt table of turns": ("[[wall.turns]]\n", 1, "turns", "turn", "[wall] has no key"),
    "a turn without a scene": ("[[wall.turn]]\nweight = 2\n", 1, "scene", "spotlight", "a turn needs a scene"),
    "no such scene in a turn": (TURN + '[[wall.turn]]\nscene = "scrol"\n', 4, "scene", "scroll", "there is no scene"),
    "no such key in a turn": (TURN + "wieght = 2\n", 3, "wieght", "weight", "[wall.turn] has no key"),
    "a weight of nothing": (TURN + "weight = 0\n", 3, "weight", "", "wants whole number"),
    "one time of day": (TURN + 'between = ["18:00"]\n', 3, "between", None, "two times of day"),
    "no time of day": (TURN + 'between = ["18:00", "24:00"]\n', 3, "between", None, "two times of day"),
    "turns and a list": ('[wall]\nplaylist = ["scroll"]\n' + TURN, 2, "playlist", "", "leave one of the two"),
    "a turn in single brackets": ('[wall.turn]\nscene = "scroll"\n', 1, "", "", "two brackets"),
    "no such time zone": ('[event]\ntimezone = "Europe/Berlim"\n', 2, "timezone", "Europe/Berlin", "is no time zone"),
    "a zone outside the folder": ('[event]\ntimezone = "../UTC"\n', 2, "timezone", None, "is no time zone"),
    "nothing to look for": ('[event]\nhashtags = []\n[[source]]\nserver = "https://x.y"\n', 2, "hashtags", "", "empty"),
    "no such network": (SOURCE + 'kind = "mastodom"\n', 5, "kind", "mastodon", "there is no network"),
    "no address": ('[event]\nhashtags = ["x"]\n[[source]]\nserver = "x.y"\n', 4, "server", "https://…", "no server"),
    "an address with a path": (SOURCE.replace("social", "social/@ada"), 4, "server", "https://…", "no server address"),
    "an address of two lines": (SOURCE.replace("social", "social\\n"), 4, "server", "https://…", "no server address"),
    "plain http": (SOURCE.replace("https", "http"), 4, "server", "https://…", "plain http"),
    "a whole number": ('[[source]]\nkind = "rehearsal"\nfolder = "x"\ndepth = 1.5\n', 4, "depth", "", "whole number"),
    "another network's key": (
        '[[source]]\nkind = "rehearsal"\nfolder = "x"\nserver = "https://x.y"\n',
        4,
        "server",
        None,
        "no key “server”",
    ),
    "a kind that is no text": ("[[source]]\nkind = 3\n", 2, "kind", "", "wants text"),
    "what only the network knows": ('[[source]]\nkind = "rehearsal"\n', 1, "folder", "photos", "it has no folder"),
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


def test_a_network_that_needs_no_hashtags_may_stand_alone(path):
    loaded = _load(path, '[[source]]\nkind = "rehearsal"\nfolder = "photos"\n')
    assert loaded.source == (KINDS["rehearsal"](kind="rehearsal", folder="photos"),)
    assert loaded.source[0].interval == 5.0
