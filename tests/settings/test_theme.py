from __future__ import annotations

import msgspec
import pytest

from kiosk.domain.contrast import BODY, QUIET, ratio
from kiosk.domain.errors import SettingsError
from kiosk.settings import Theme, load_theme, theme_file, theme_names, theme_options
from kiosk.settings.theme import TONES


@pytest.fixture
def refused(tmp_path):
    """Load a theme of this text and return why it is refused."""

    def load(text: str) -> SettingsError:
        (tmp_path / "ours.toml").write_text(text, "utf-8")
        with pytest.raises(SettingsError) as fault:
            load_theme("ours.toml", tmp_path)
        return fault.value

    return load


@pytest.mark.parametrize("name", theme_names())
def test_our_own_themes_pass_and_can_be_read_from_the_last_row(name):
    theme = load_theme(name)
    colours = theme.colours
    assert theme.name == name
    assert len(colours.papers) == TONES
    for paper, ink, quiet in zip(colours.papers, colours.inks, colours.quiets, strict=True):
        assert ratio(ink, paper) >= BODY
        assert ratio(quiet, paper) >= QUIET
    for stage in theme.stages:
        assert ratio(colours.stage_ink, stage) >= BODY


def test_there_are_four_to_start_from_and_they_are_really_different():
    assert theme_names() == ("carnival", "night", "noon", "paper")
    stages = [load_theme(name).colours.stage for name in theme_names()]
    papers = [set(load_theme(name).colours.papers) for name in theme_names()]
    assert len(set(stages)) == 4
    assert not any(one & other for number, one in enumerate(papers) for other in papers[:number])


def test_the_first_theme_is_what_holds_without_a_file():
    assert msgspec.structs.replace(load_theme("night"), folder=Theme().folder) == Theme()


def test_a_theme_of_ones_own_stands_beside_the_event_and_keeps_what_it_does_not_name(tmp_path):
    (tmp_path / "ours.toml").write_text("[motion]\ncrossfade = 1200\n", "utf-8")
    theme = load_theme("ours.toml", tmp_path)
    assert theme.name == "ours"
    assert theme.motion.crossfade == 1200
    assert theme.colours == Theme().colours
    assert theme.beside("logo.png") == tmp_path / "logo.png"
    assert theme_file(str(tmp_path / "ours.toml"), tmp_path / "elsewhere") == tmp_path / "ours.toml"


FAULTS = {
    "a key": ('[colours]\nstaeg = "#000000"\n', 2, "staeg", "stage", "[colours] has no key"),
    "a table": ("\n[colour]\n", 2, "", "colours", "there is no table [colour]"),
    "above all tables": ('stage = "#000000"\n', 1, "stage", "", "move it below [colours]"),
    "nonsense above all tables": ("stag = 1\n", 1, "stag", "stage", "is no key"),
    "a colour's name": ('[colours]\nstage = "black"\n', 2, "stage", "", "“black” is no colour; write #rrggbb"),
    "too many tones": (f"[colours]\npapers = {['#000000'] * 7}\n", 2, "papers", "", "wants list of texts"),
    "tones without ink": ('[colours]\npapers = ["#000000"]\n', 1, "inks", "", "has 6 colours for 1 papers"),
    "too fast": ("[motion]\nsettle = 3\n", 2, "settle", "", "wants whole number"),
    "too short a fade": ("[motion]\ncrossfade = 100\n", 2, "crossfade", "", "wants whole number"),
    "no such background": ('[background]\nkind = "drfit"\n', 2, "kind", "drift", '"plain" or "gradient"'),
    "a gradient of nothing": ('[background]\nkind = "gradient"\n', 1, "colours", "", "needs two colours"),
    "a picture of nothing": ('[background]\nkind = "picture"\n', 1, "file", "", "needs its file"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_a_wrong_line_is_named_with_file_line_key_and_the_nearest_valid_one(refused, tmp_path, case):
    text, line, key, hint, words = case
    fault = refused(text)
    assert str(fault).startswith(f"{tmp_path / 'ours.toml'}:{line}: ")
    assert words in str(fault)
    assert (fault.key, fault.hint) == (key, hint)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[colours]\npapers = ["#ffffff"]\ninks = ["#777777"]\nquiets = ["#000000"]\n',
            ":3: “#777777” on card tone 1 (“#ffffff”) has a contrast of 4.48:1, and 7:1 is the least; “#",
        ),
        ('[colours]\nstage_quiet = "#555555"\n', ":2: “#555555” on the stage (“#0a0f1f”) has a contrast of 2.5"),
        ('[colours]\naccent = "#333333"\n', ":2: “#333333” on the stage"),
        (
            '[colours]\npapers = ["#777777"]\ninks = ["#000000"]\nquiets = ["#000000"]\n',
            "no colour reaches it there, so make the ground lighter or darker",
        ),
        (
            '[background]\nkind = "gradient"\ncolours = ["#0a0f1f", "#ffffff"]\n',
            "on the stage (“#",
        ),
    ],
)
def test_words_that_are_too_near_to_their_ground_are_refused_with_what_would_pass(refused, text, words):
    assert words in str(refused(text))


def test_the_colour_that_is_proposed_passes(refused, tmp_path):
    said = str(refused('[colours]\naccent = "#333333"\n'))
    proposed = said.rpartition("; “")[2].partition("”")[0]
    (tmp_path / "mended.toml").write_text(f'[colours]\naccent = "{proposed}"\n', "utf-8")
    assert load_theme("mended.toml", tmp_path).colours.accent == proposed


@pytest.mark.parametrize("name", ["nigth", "", "../night", "night/"])
def test_a_name_that_is_no_theme_is_refused(name):
    with pytest.raises(SettingsError, match="There is no theme"):
        load_theme(name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="copy one of assets/themes"):
        load_theme("ours.toml", tmp_path)


def test_every_key_has_a_type_and_a_sentence():
    keys = [(option.table, option.key) for option in theme_options()]
    assert len(keys) == len(set(keys)) > 15
    for option in theme_options():
        assert option.sentence.endswith(".")
        assert option.type
