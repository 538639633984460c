from __future__ import annotations

import os

import pytest
from servers.drop import photo, put

from kiosk.sources.folder import listing as folder_listing
from kiosk.sources.folder.listing import look, stem_of


def listed(folder, *, subfolders: bool = True) -> set[str]:
    return set(look(folder, subfolders=subfolders).photos)


def test_photos_are_known_by_their_ending(tmp_path):
    wanted = {"a.jpg", "b.JPEG", "c.Png", "d.webp", "e.HEIC", "f.heif", "g.avif", "h.gif", "in/i.jpg"}
    for name in wanted | {"j.txt", "k.json", "l.mp4", "m.cr2", "n", "o.svg"}:
        put(tmp_path / name, photo(1))
    found = look(tmp_path, subfolders=True)
    assert set(found.photos) == wanted
    assert {path for path, _ in found.beside.values()} == {"j.txt", "k.json"}
    assert listed(tmp_path, subfolders=False) == wanted - {"in/i.jpg"}


@pytest.mark.parametrize(
    "name",
    [
        ".a.jpg",
        "._a.jpg",
        "a.jpg.part",
        "a.jpg.tmp",
        "a.jpg.crdownload",
        "a.jpg.filepart",
        "a.jpg~",
        "~a.jpg",
        ".syncthing.a.jpg.tmp",
        ".a.jpg.Xy12Zz",
        "a.jpg.!sync",
        "@eaDir/a.jpg",
        ".stfolder/a.jpg",
        ".stversions/a.jpg",
        "#recycle/a.jpg",
        "lost+found/a.jpg",
        "in/.thumbnails/a.jpg",
        "x.part/a.jpg",
    ],
)
def test_what_is_temporary_or_not_meant_is_left_out(tmp_path, name):
    put(tmp_path / name, photo(1))
    assert listed(tmp_path) == set()


def test_links_pipes_sockets_and_empty_files_are_no_photos(tmp_path):
    folder = tmp_path / "photos"
    put(folder / "real.jpg", photo(1))
    put(tmp_path / "secret" / "a.jpg", photo(2))
    (folder / "link.jpg").symlink_to(folder / "real.jpg")
    (folder / "dead.jpg").symlink_to("nowhere")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "empty.jpg").touch()
    put(folder / "folder.jpg" / "in.jpg", photo(3))
    assert listed(folder) == {"real.jpg", "folder.jpg/in.jpg"}
    (tmp_path / "way").symlink_to(folder)
    assert listed(tmp_path / "way") == {"real.jpg", "folder.jpg/in.jpg"}, "the folder itself may be a link"


def test_json_comes_before_text(tmp_path):
    for name in ("a.txt", "a.json", "b.json", "b.txt"):
        put(tmp_path / name, "x")
    assert {path for path, _ in look(tmp_path, subfolders=True).beside.values()} == {"a.json", "b.json"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        look(tmp_path / "nowhere", subfolders=True)
    put(tmp_path / "file", "x")
    with pytest.raises(NotADirectoryError):
        look(tmp_path / "file", subfolders=True)


def test_what_was_not_looked_at_says_nothing_about_its_photos(tmp_path, monkeypatch):
    put(tmp_path / "in" / "a.jpg", photo(1))
    put(tmp_path / "b.jpg", photo(1))
    assert look(tmp_path, subfolders=True).covers("in/c.jpg")
    part = look(tmp_path, subfolders=False)
    assert (part.covers("in/c.jpg"), part.covers("c.jpg"), part.full) == (False, True, False)
    monkeypatch.setattr(folder_listing, "MOST_ENTRIES", 1)
    full = look(tmp_path, subfolders=True)
    assert (full.full, full.covers("c.jpg")) == (True, False)


def test_folders_are_entered_to_a_depth(tmp_path):
    deep = "/".join("d" * 20) + "/a.jpg"
    put(tmp_path / deep, photo(1))
    put(tmp_path / "d/d/d/b.jpg", photo(1))
    assert listed(tmp_path) == {"d/d/d/b.jpg"}


@pytest.mark.parametrize(
    ("path", "stem"), [("a.jpg", "a"), ("in.d/a", "in.d/a"), ("a..JPG", "a."), ("x/a.b.png", "x/a.b")]
)
def test_a_photo_and_its_words_share_a_stem(path, stem):
    assert stem_of(path) == stem
