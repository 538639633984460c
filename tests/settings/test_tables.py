from __future__ import annotations

from pathlib import Path

import pytest
from settings.networks import Box, Server

from kiosk.domain.errors import SettingsError
from kiosk.settings import Settings, assets_folder


@pytest.fixture
def credentials(tmp_path, monkeypatch):
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def _token(folder: Path, name: str) -> str:
    return Settings(folder=folder).token(Server(server="https://example.social", token_file=name))


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


@pytest.mark.parametrize(
    ("address", "schemes", "fault"),
    [
        ("https://example.social", (), ""),
        ("https://example.social:8443/", (), ""),
        ("http://example.social", (), "plain http"),
        ("example.social", (), "no server address"),
        ("https://example.social/@ada", (), "no server address"),
        ("https://", (), "no server address"),
        ("ftp://example.social", (), "no server address"),
        ("wss://example.social", ("wss",), ""),
        ("ws://example.social", ("wss",), "plain ws"),
        ("https://example.social", ("wss",), "no server address"),
    ],
)
def test_a_servers_address_has_its_form(address, schemes, fault):
    found = [each.what for each in Server(server=address).server_faults("server", *schemes)]
    assert [fault in what for what in found] == ([True] if fault else [])


def test_plain_addresses_are_for_servers_inside_the_venue():
    assert not list(Server(server="http://10.0.0.1:80", allow_private_addresses=True).server_faults("server"))


def test_a_table_says_where_it_reads_from():
    assert Server(server="https://example.social").where == "https://example.social"
    assert Box(folder="photos").where == "photos"
    assert Server().where == ""
