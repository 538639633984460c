from __future__ import annotations

import re
import tomllib

import pytest
from settings.networks import KINDS, Box

from kiosk.domain.turns import Turn
from kiosk.settings import Settings, SourceTable, load, network_options, options, template, toml_value


@pytest.fixture
def path(tmp_path):
    return tmp_path / "event.toml"


def _load(path, text: str) -> Settings:
    path.write_text(text, "utf-8")
    return load(path, KINDS)


def test_the_template_loads_as_it_is(path):
    loaded = _load(path, template(KINDS))
    assert loaded.event.name == "My tweetup"
    assert loaded.event.hashtags == ("mytweetup",)
    assert loaded.source == (KINDS["mastodon"](server="https://mastodon.social"),)
    assert (loaded.moderation, loaded.wall) == (Settings().moderation, Settings().wall)


def test_the_template_shows_every_option_and_every_network(path):
    text = re.sub(r"^# ((\w+ = |\[\[(source|wall\.turn)).*)", r"\1", template(KINDS), flags=re.MULTILINE)
    loaded = _load(path, re.sub(r"^playlist = .*\n", "", text, flags=re.MULTILINE))
    assert loaded.turns == (Turn("spotlight", between=(18 * 60, 22 * 60 + 30)),)
    assert loaded.source == (
        KINDS["mastodon"](server="https://mastodon.social"),
        Box(kind="rehearsal", folder="photos"),
    )
    keys = set(re.findall(r"^(\w+) = ", text, flags=re.MULTILINE))
    own = {option.key for kind, struct in KINDS.items() for option in network_options(kind, struct)}
    assert keys == {option.key for option in options()} | own


def test_a_network_shows_what_it_adds_or_sets_to_another_default():
    assert [option.key for option in network_options("rehearsal", Box)] == ["interval", "folder", "depth"]
    assert list(network_options("common", SourceTable)) == []


def test_every_option_has_a_type_and_a_sentence():
    for option in options():
        assert option.sentence.endswith(".")
        assert option.type
        assert tomllib.loads(f"x = {toml_value(option.default)}")["x"] == (
            list(option.default) if isinstance(option.default, tuple) else option.default
        )
