from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from servers.drop import means, photo, put
from servers.spooler import kill_at_each_step, read_through

from kiosk.archive.event_file import EventFile
from kiosk.domain.errors import Misconfigured, Refused, Unavailable
from kiosk.domain.events import PostReceived
from kiosk.domain.model import Cursor, PostState, PostUri, Tombstone
from kiosk.sources.source import Batch, Picturing, Recheck, picture_reference
from kiosk.sources.spool.spool import Spool, SpoolTable


class Producer:
    """Another program, which knows nothing but the spool's page, and does with a shell what it says there."""

    def __init__(self, root: Path) -> None:
        self.spool = root / "spool"
        (self.spool / "tmp").mkdir(parents=True, exist_ok=True)
        (self.spool / "new").mkdir(exist_ok=True)
        self.number = 0

    def hand_over(self, document: dict[str, Any] | str, *photos: bytes, name: str = "") -> Path:
        self.number += 1
        name = name or f"hand-over {self.number}"
        filled = self.spool / "tmp" / name
        filled.mkdir()
        for index, content in enumerate(photos, 1):
            (filled / f"{index}.jpg").write_bytes(content)
        text = document if isinstance(document, str) else json.dumps({"version": 1} | document)
        (filled / "post.json").write_text(text, "utf-8")
        moment = time.time() - 1_000 + self.number
        os.utime(filled, (moment, moment))
        subprocess.run(["mv", "-T", filled, self.spool / "new" / name], check=True)
        return self.spool / "new" / name

    def post(self, identity: str, text: str = "Hello", *photos: bytes, **more: Any) -> Path:
        given: dict[str, Any] = {"id": identity, "author": {"name": "Ada Lovelace", "handle": "ada"}, "text": text}
        given["photos"] = [{"file": f"{index}.jpg", "alt": f"Photo {index}"} for index, _ in enumerate(photos, 1)]
        return self.hand_over(given | more, *photos)

    def withdraw(self, identity: str) -> None:
        (self.spool / "withdrawn").mkdir(exist_ok=True)
        (self.spool / "withdrawn" / identity).touch()

    def names(self, box: str) -> list[str]:
        return sorted(path.name for path in (self.spool / box).iterdir())


class Reader:
    """The wall's side; a cursor counts only when it was committed."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.source = Spool(SpoolTable(kind="spool", folder="spool", **options), means(root))
        self.cursor: Cursor | None = None

    def poll(self, *, commit: bool = True) -> Batch:
        batch = asyncio.run(self.source.poll(self.cursor))
        if commit and batch.cursor is not None:
            self.cursor = batch.cursor
        return batch

    def recheck(self, *ids: str) -> Recheck:
        return asyncio.run(self.source.recheck({each: PostUri(f"spool:spool:{each}") for each in ids}))

    def picture(self, reference: str) -> bytes:
        return asyncio.run(self.source.picture(reference))


@pytest.fixture
def producer(tmp_path):
    return Producer(tmp_path)


@pytest.fixture
def reader(tmp_path, producer):
    return Reader(tmp_path)


def test_what_is_handed_over_is_a_post_with_everything_that_was_said(producer, reader):
    producer.post(
        "page-1",
        "Hello\nhall",
        photo(1),
        created_at="2026-11-24T19:00:00+01:00",
        tags=["#hall"],
        language="en",
        photos=[{"file": "1.jpg", "alt": "A robot", "focus": [0.25, 1]}],
        later="keys that nobody knows are ignored",
    )
    (found,) = reader.poll().found
    post = found.post
    assert (found.local_id, post.uri) == ("page-1", "spool:spool:page-1")
    assert (post.author.name, post.author.handle) == ("Ada Lovelace", "@ada@spool")
    assert (post.text, post.tags, post.language) == ("Hello\nhall", ("hall",), "en")
    assert post.created_at.isoformat() == "2026-11-24T18:00:00+00:00"
    (picture,) = post.attachments
    assert (picture.alt, picture.focus) == ("A robot", (0.25, 1.0))
    name, reference = picture_reference(picture.url)
    assert name == reader.source.name
    assert isinstance(reader.source, Picturing)
    assert reader.picture(reference) == photo(1)


def test_a_submission_is_moved_only_once_its_cursor_is_durable(producer, reader):
    producer.post("1", "Hello", photo(1))
    reference = picture_reference(reader.poll(commit=False).found[0].post.attachments[0].url)[1]
    assert len(reader.poll().found) == 1, "what was not committed is read again"
    assert producer.names("new") == ["hand-over 1"]
    assert reader.picture(reference) == photo(1)
    assert reader.poll().found == ()
    assert producer.names("new") == []
    assert producer.names("taken")[0].startswith("1=")
    assert reader.picture(reference) == photo(1)
    assert reader.poll() == Batch()


def test_pictures_are_found_after_a_restart(producer, reader, tmp_path):
    producer.post("1", "Hello", photo(1))
    reference = picture_reference(reader.poll().found[0].post.attachments[0].url)[1]
    reader.poll()
    assert Reader(tmp_path).picture(reference) == photo(1)
    for wrong in ("1/" + "0" * 64, "../1", "", "2/x", "\0"):
        with pytest.raises(Refused):
            reader.picture(wrong)


def test_the_same_id_again_is_an_edit_and_the_later_one_counts(producer, reader):
    producer.post("1", "First", photo(1))
    producer.post("1", "Second", photo(1))
    assert [item.post.text for item in reader.poll().found] == ["Second"]
    reader.poll()
    assert len(producer.names("taken")) == 1
    producer.post("1", "Third", photo(2))
    (edited,) = reader.poll().found
    reader.poll()
    assert edited.post.text == "Third"
    assert (len(producer.names("taken")), producer.names("new")) == (1, [])
    assert reader.picture(picture_reference(edited.post.attachments[0].url)[1]) == photo(2)


def test_the_same_again_changes_nothing(producer, reader):
    producer.post("1", "Same", photo(1), created_at="2026-11-24T19:00:00Z")
    first = reader.poll().found
    reader.poll()
    producer.post("1", "Same", photo(1), created_at="2026-11-24T19:00:00Z")
    assert reader.poll().found == first
    reader.poll()
    assert (len(producer.names("taken")), producer.names("new"), producer.names("tmp")) == (1, [], [])


def test_other_photos_under_the_same_words_are_an_edit(producer, reader):
    producer.post("1", "Same", photo(1), created_at="2026-11-24T19:00:00Z")
    reader.poll()
    producer.post("1", "Same", photo(2))
    (edited,) = reader.poll().found
    reader.poll()
    assert reader.picture(picture_reference(edited.post.attachments[0].url)[1]) == photo(2)


@pytest.mark.parametrize("by_document", [True, False])
def test_a_post_that_was_taken_back_is_gone(producer, reader, by_document):
    producer.post("1", "Hello", photo(1))
    reader.poll()
    reader.poll()
    if by_document:
        producer.hand_over({"withdraw": "1"})
    else:
        producer.withdraw("1")
    assert reader.recheck("1").gone == ("1",)
    assert reader.poll(commit=False).gone == ("1",)
    batch = reader.poll()
    assert (batch.gone, batch.found) == (("1",), ())
    assert reader.poll().gone == ()
    assert [producer.names(box) for box in ("new", "taken", "withdrawn", "tmp")] == [[], [], [], []]
    assert reader.poll() == Batch()


def test_a_post_that_is_taken_back_before_it_is_read_never_comes(producer, reader):
    producer.post("1")
    producer.withdraw("1")
    batch = reader.poll()
    assert (batch.found, batch.gone) == ((), ("1",))
    reader.poll()
    assert [producer.names(box) for box in ("new", "taken", "withdrawn")] == [[], [], []]


WRONG = {
    "no JSON": ("{", "post.json is wrong: "),
    "another version": ({"version": 2, "id": "1"}, "Invalid enum value 2"),
    "no id": ({"author": {"name": "Ada"}, "text": "x"}, "is no id"),
    "a path for an id": ({"id": "../1", "author": {"name": "Ada"}, "text": "x"}, "“../1” is no id"),
    "no author": ({"id": "1", "text": "x"}, "no author"),
    "nothing to show": ({"id": "1", "author": {"name": "Ada"}}, "neither text nor photos"),
    "a time without a zone": (
        {"id": "1", "author": {"name": "Ada"}, "text": "x", "created_at": "2026-11-24T19:00:00"},
        "created_at",
    ),
    "a time before time": (
        {"id": "1", "author": {"name": "Ada"}, "text": "x", "created_at": "0001-01-01T00:00:00+10:00"},
        "post.json is wrong",
    ),
    "a photo elsewhere": (
        {"id": "1", "author": {"name": "Ada"}, "photos": [{"file": "../../../event.wall"}]},
        "is no file in its folder",
    ),
    "a photo that is missing": ({"id": "1", "author": {"name": "Ada"}, "photos": [{"file": "x.jpg"}]}, "lacks a photo"),
    "too many photos": (
        {"id": "1", "author": {"name": "Ada"}, "photos": [{"file": "x.jpg"}] * 9},
        "length <= 8",
    ),
    "a focus outside": (
        {"id": "1", "author": {"name": "Ada"}, "photos": [{"file": "x.jpg", "focus": [0, 2]}]},
        "focus",
    ),
    "half a surrogate pair": ('{"version": 1, "id": "1", "author": {"name": "\\ud800"}, "text": "x"}', "post.json"),
    "too deep": ('{"version": 1, "x": ' + "[" * 30_000 + "]" * 30_000 + "}", "post.json is wrong"),
    "endless": ('{"version": 1, "x": "' + "x" * 70_000 + '"}', "more than 64 KB"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_put_aside_with_a_reason_and_loses_only_itself(producer, reader, wrong):
    document, reason = WRONG[wrong]
    producer.hand_over(document, name="wrong one")
    producer.post("right")
    batch = reader.poll()
    assert [item.local_id for item in batch.found] == ["right"]
    assert reason in batch.bad[0]
    assert batch.bad[0].startswith("wrong one in spool spool was moved to bad/: ")
    assert producer.names("bad") == ["wrong one", "wrong one.reason.txt"]
    assert reason in (producer.spool / "bad" / "wrong one.reason.txt").read_text("utf-8")
    assert reader.poll().bad == ()


def test_bad_ones_of_one_name_all_stay(producer, reader):
    for _ in range(3):
        producer.hand_over("{", name="wrong")
        assert len(reader.poll().bad) == 1
    assert producer.names("bad") == [
        *("wrong", "wrong.2", "wrong.2.reason.txt", "wrong.3", "wrong.3.reason.txt", "wrong.reason.txt")
    ]


def test_links_pipes_and_plain_files_lead_nowhere(producer, reader, tmp_path):
    put(tmp_path / "secret.jpg", photo(9))
    place = producer.hand_over({"id": "1", "author": {"name": "Ada"}, "photos": [{"file": "1.jpg"}]})
    (place / "1.jpg").symlink_to(tmp_path / "secret.jpg")
    os.utime(place, (1e9, 1e9))
    pipe = producer.hand_over({"id": "2", "author": {"name": "Ada"}, "photos": [{"file": "1.jpg"}]})
    os.mkfifo(pipe / "1.jpg")
    os.utime(pipe, (1e9, 1e9))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "post.json").write_text('{"version":1,"id":"3","author":{"name":"Eve"},"text":"x"}')
    (producer.spool / "new" / "link").symlink_to(tmp_path / "outside")
    (producer.spool / "new" / "file.json").write_text("{}")
    (producer.spool / "new" / ".DS_Store").write_text("ignored")
    batch = reader.poll()
    assert batch.found == ()
    assert len(batch.bad) == 4
    assert producer.names("new") == [".DS_Store"]
    assert (tmp_path / "outside" / "post.json").exists()


def test_a_producer_that_does_not_rename_gets_a_minute(producer, reader):
    place = producer.spool / "new" / "slow"
    place.mkdir()
    assert reader.poll() == Batch()
    (place / "post.json").write_text('{"version": 1, "id": "1", "author"')
    assert reader.poll() == Batch()
    (place / "post.json").write_text('{"version": 1, "id": "1", "author": {"name": "Ada"}, "text": "x"}')
    assert [item.local_id for item in reader.poll().found] == ["1"]


def test_hostile_names_are_names(producer, reader):
    new = os.fsencode(producer.spool / "new")
    for number, name in enumerate([b"new\nline", b"latin-1 \xe9\xff", b"x" * 255, b"-rf", b"'\"$(x)`", b"\x1b[2J"]):
        Path(os.fsdecode(new + b"/" + name)).mkdir()
        given = {"version": 1, "id": f"{number}", "author": {"name": "Ada"}, "text": "x"}
        Path(os.fsdecode(new + b"/" + name + b"/post.json")).write_text(json.dumps(given if number % 2 else []))
        os.utime(new + b"/" + name, (1e9, 1e9))
    batch = reader.poll()
    assert sorted(item.local_id for item in batch.found) == ["1", "3", "5"]
    assert len(batch.bad) == 3
    assert all(sentence.isprintable() for sentence in batch.bad)
    reader.poll()
    assert producer.names("new") == []
    assert len(producer.names("bad")) == 6


def test_nobody_passes_for_somebody_elsewhere(producer, reader, tmp_path):
    producer.post("1", author={"name": "Ada", "handle": "@ada@example.social"})
    producer.post("2", author={"name": "Ada  Lovelace"})
    handles = {item.local_id: item.post.author.handle for item in reader.poll().found}
    assert handles == {"1": "@ada.example.social@spool", "2": "@AdaLovelace@spool"}
    believing = Reader(tmp_path, host="")
    assert {item.post.author.handle for item in believing.poll().found} == {"@ada@example.social", "@AdaLovelace"}


def test_a_recheck_tells_what_was_taken_back_and_believes_no_missing_folder(producer, reader, tmp_path):
    for number in range(4):
        producer.post(str(number), f"Post {number}")
    fresh = Reader(tmp_path)
    assert {item.local_id for item in fresh.recheck("0", "1").found} == {"0", "1"}
    reader.poll()
    reader.poll()
    producer.withdraw("1")
    shutil.rmtree(next((producer.spool / "taken").glob("2=*")))
    producer.post("3", "Edited")
    answer = reader.recheck("0", "1", "2", "3")
    assert {item.local_id: item.post.text for item in answer.found} == {"0": "Post 0", "3": "Edited"}
    assert answer.gone == ("1",)
    assert answer.bad == ("spool spool does not hold 2 any more, which nobody took back.",)
    producer.spool.rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        reader.recheck("0")
    with pytest.raises(Unavailable):
        reader.poll()
    with pytest.raises(Misconfigured, match="make the folder"):
        Reader(tmp_path).poll()


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"rows": [["x"]]}'])
def test_a_foreign_cursor_counts_as_none(producer, reader, value):
    producer.post("1")
    assert len(asyncio.run(reader.source.poll(Cursor(reader.source.name, value))).found) == 1


def test_a_folder_that_may_not_be_moved_is_covered_and_said(producer, reader, monkeypatch):
    producer.post("1")
    reader.poll()

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(reader.source._boxes, "take", refused)
        for _ in range(3):
            batch = reader.poll()
            assert batch == Batch(
                note="spool spool cannot be tidied up (Permission denied); let the wall write in its folders."
            )
    reader.poll()
    assert producer.names("new") == []


def test_a_thousand_are_read_in_slices(producer, reader):
    for number in range(1_000):
        place = producer.spool / "new" / f"{number:04d}"
        place.mkdir()
        document = {"version": 1, "id": f"{number}", "author": {"name": "Ada"}, "text": f"Post {number}"}
        (place / "post.json").write_text(json.dumps(document))
        os.utime(place, (1e9 + number, 1e9 + number))
    met: list[str] = []
    for _ in range(5):
        batch = reader.poll()
        assert len(batch.found) == 200
        met += [item.local_id for item in batch.found]
    assert met == [str(number) for number in range(1_000)]
    assert not batch.more
    reader.poll()
    assert len(producer.names("taken")) == 1_000


def test_killed_between_any_two_steps_nothing_is_lost_and_nothing_doubled(tmp_path):
    evening = _evening(tmp_path / "evening")
    (tmp_path / "killed").mkdir()
    work = multiprocessing.get_context("spawn").Process(target=kill_at_each_step, args=(evening, tmp_path / "killed"))
    work.start()
    work.join(100)
    ended = {int(path.stem): int(path.read_text()) for path in (tmp_path / "killed").glob("*.ended")}
    assert len(ended) > 20
    assert [ended[step] for step in sorted(ended)] == [-signal.SIGKILL] * (len(ended) - 1) + [0]
    for step in ended:
        root = tmp_path / "killed" / str(step)
        read_through(root)
        _nothing_lost_nothing_doubled(root, Producer(root))


def _evening(root: Path) -> Path:
    """A spool with a post on the wall that is then taken back, one that is edited, new ones, and a bad one."""
    producer = Producer(root)
    producer.post("taken-back", "Oops", photo(1))
    producer.post("edited", "Before", photo(2))
    read_through(root)
    producer.post("edited", "Between", photo(3))
    producer.post("edited", "After", photo(4))
    producer.withdraw("taken-back")
    producer.post("new", "New", photo(5))
    producer.post("never", "Taken back in time")
    producer.hand_over({"withdraw": "never"})
    producer.hand_over("{", name="bad one")
    return root


def _nothing_lost_nothing_doubled(root: Path, producer: Producer) -> None:
    file = EventFile.open(root / "event.wall")
    received = [entry.event.post.uri for entry in file.journal() if isinstance(entry.event, PostReceived)]
    states = {name: file.state(PostUri(f"spool:spool:{name}")) for name in ("edited", "new", "taken-back", "never")}
    file.close()
    assert len(received) == len(set(received))
    assert isinstance(states["taken-back"], Tombstone)
    assert states["never"] is None
    for name, text, number in (("edited", "After", 4), ("new", "New", 5)):
        state = states[name]
        assert isinstance(state, PostState)
        assert state.post.text == text
        reference = picture_reference(state.post.attachments[0].url)
        assert Reader(root).picture(reference[1]) == photo(number)
    assert producer.names("new") == []
    assert [name.split("=")[0] for name in producer.names("taken")] == ["edited", "new"]
    assert producer.names("bad") == ["bad one", "bad one.reason.txt"]
    assert producer.names("withdrawn") == producer.names("tmp") == []


def test_the_table_says_what_is_wrong_with_it():
    assert [fault.key for fault in SpoolTable(kind="spool").faults()] == ["folder"]
    assert list(SpoolTable(kind="spool", folder="spool").faults()) == []
