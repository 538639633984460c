from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from factories import jpeg
from sources.rooms import hall, homeserver, needs_synapse, texts

from kiosk.domain.errors import Misconfigured, Refused, Unavailable
from kiosk.domain.model import Cursor, Kind
from kiosk.sources.matrix.matrix import MatrixTable
from kiosk.sources.source import Picturing, Streaming, picture_reference, stream_cursor

pytestmark = needs_synapse
FILE = "room.token"
PICTURE = {"msgtype": "m.image", "body": "Our #hall", "filename": "hall.jpg"}


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    yield from homeserver(tmp_path_factory.mktemp("matrix"))


@pytest.fixture
def room(people):
    return hall(*people)


def test_a_message_with_a_picture_is_seen_fetched_edited_and_taken_back(room):
    picture = jpeg((60, 40))
    mxc = room.ada.upload(picture)
    event = room.ada.send(room.room, PICTURE | {"url": mxc, "info": {"mimetype": "image/jpeg"}})

    async def scenario(source):
        batch = await source.poll(None)
        (item,) = batch.found
        assert item.local_id == event
        assert item.post.uri == f"matrix:roomid/{room.room[1:]}/e/{event[1:]}"
        assert (item.post.text, item.post.author.handle) == ("Our #hall", "@ada:hall.test")
        (photo,) = item.post.attachments
        assert photo.kind is Kind.PHOTO
        name, reference = picture_reference(photo.url)
        assert name == source.name
        assert await source.picture(reference) == picture
        assert room.wall.token not in photo.url

        room.ada.edit(room.room, event, "Our hall, edited", msgtype="m.image", filename="hall.jpg", url=mxc)
        again = await source.poll(batch.cursor)
        (edited,) = again.found
        assert (edited.post.uri, edited.post.created_at) == (item.post.uri, item.post.created_at)
        assert edited.post.text == "Our hall, edited"
        assert edited.post.attachments == item.post.attachments
        assert edited.post.edited_at > item.post.created_at
        asked = await source.recheck({event: item.post.uri})
        assert asked.found == again.found
        assert (asked.gone, asked.bad) == ((), ())

        room.ada.redact(room.room, event)
        last = await source.poll(again.cursor)
        assert (last.found, last.gone) == ((), (event,))
        asked = await source.recheck({event: item.post.uri})
        assert (asked.found, asked.gone) == ((), (event,))

    room.on(scenario)


def test_the_stream_tells_of_posts_edits_and_redactions_as_they_come(room):
    async def scenario(source):
        loop = asyncio.get_running_loop()
        async with aclosing(source.stream(None)) as batches:
            first = await anext(batches)
            assert first.found == (), "the connection stands"
            event = await loop.run_in_executor(None, room.ada.say, room.room, "Live")
            posted = await anext(batches)
            assert texts(posted) == ["Live"]
            assert posted.cursor.source == stream_cursor(source.name, "").source
            await loop.run_in_executor(None, room.ada.edit, room.room, event, "Live again")
            assert texts(await anext(batches)) == ["Live again"]
            await loop.run_in_executor(None, room.ada.redact, room.room, event)
            assert (await anext(batches)).gone == (event,)
        async with aclosing(source.stream(posted.cursor)) as batches:
            resumed = await anext(batches)
            assert resumed.gone == (event,), "a new connection goes on where the cursor stands"

    room.on(scenario)


def test_a_silent_room_is_heard_of_all_the_same(room, monkeypatch):
    monkeypatch.setattr("kiosk.sources.matrix.matrix.PATIENCE", 0.5)

    async def scenario(source):
        async with aclosing(source.stream(None)) as batches:
            return [await anext(batches) for _ in range(3)]

    assert [batch.found for batch in room.on(scenario)] == [(), (), ()]


def test_a_source_may_be_cancelled_while_it_waits_and_asked_again(room):
    async def scenario(source):
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await anext(batches)
        room.ada.say(room.room, "Still there")
        return await source.poll(None)

    assert texts(room.on(scenario)) == ["Still there"]


def test_reading_again_finds_only_what_is_new(room):
    room.ada.say(room.room, "one")
    first = room.poll()
    again = room.poll(first.cursor)
    assert (texts(first), texts(again)) == (["one"], [])
    room.ada.say(room.room, "two")
    assert texts(room.poll(again.cursor)) == ["two"]
    assert texts(room.poll(first.cursor)) == ["two"], "the same cursor finds the same again"


def test_an_outage_ends_the_stream_and_nothing_is_lost(room):
    async def scenario(source):
        async with aclosing(source.stream(None)) as batches:
            cursor = (await anext(batches)).cursor
            room.server.stop()
            with pytest.raises(Unavailable):
                await anext(batches)
        with pytest.raises(Unavailable):
            await source.poll(None)
        room.server.start()
        room.ada.say(room.room, "back again")
        async with aclosing(source.stream(cursor)) as batches:
            return await anext(batches)

    assert texts(room.on(scenario)) == ["back again"]


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"since": 7}', '{"hall": null}', "\ud800"])
def test_a_cursor_that_cannot_be_read_counts_as_none(room, value):
    room.ada.say(room.room, "one")
    assert texts(room.poll(Cursor("x", value))) == ["one"]


def test_a_cursor_of_another_server_is_said_to_be_lost(room):
    room.ada.say(room.room, "one")
    batch = room.poll(Cursor("x", '{"since": "never"}'))
    assert texts(batch) == ["one"]
    assert "does not know any more how far it was read" in batch.gap


def test_names_and_avatars_are_those_of_the_room(people, room):
    server, *_ = people
    grace = server.member(f"grace{room.room[1:6].lower().replace('-', 'x').replace('_', 'y')}")
    grace.rename("Grace Hopper")
    grace.wear(grace.upload(jpeg((8, 8))))
    grace.join(room.room)
    event = grace.say(room.room, "Hello")
    batch = room.poll()
    (author,) = [item.post.author for item in batch.found]
    assert (author.name, author.handle) == ("Grace Hopper", grace.id)
    _, reference = picture_reference(author.avatar)
    assert room.on(lambda source: source.picture(reference)) == jpeg((8, 8))
    (asked,) = room.recheck(event).found
    assert asked.post.author == author, "asked for alone, it has the same author"
    grace.leave(room.room)
    (asked,) = room.recheck(event).found
    assert asked.post.author == author, "also after they left"
    assert texts(room.poll(batch.cursor)) == []


def test_only_tagged_messages_count_where_that_is_wanted(room):
    room.ada.say(room.room, "without")
    room.ada.say(room.room, "with #Hall!")
    assert texts(room.poll(only_tagged=True)) == ["with #Hall!"]
    assert len(room.poll().found) == 2


def test_taking_back_an_edit_brings_the_words_from_before(room):
    event = room.ada.say(room.room, "before")

    async def scenario(source):
        first = await source.poll(None)
        edit = room.ada.edit(room.room, event, "after")
        edited = await source.poll(first.cursor)
        assert texts(edited) == ["after"]
        room.ada.redact(room.room, edit)
        back = await source.poll(edited.cursor)
        assert texts(back) == ["before"]
        assert texts(await source.recheck({event: ""})) == ["before"]

    room.on(scenario)


def test_nobody_edits_the_words_of_others(people, room):
    _, ada, wall = people
    wall.join(room.room)
    event = ada.say(room.room, "mine")
    first = room.poll()
    wall.edit(room.room, event, "not mine")
    assert texts(room.poll(first.cursor)) == ["mine"]
    assert texts(room.recheck(event)) == ["mine"]


def test_notices_stickers_and_reactions_are_no_posts(room):
    event = room.ada.say(room.room, "post")
    room.ada.send(room.room, {"msgtype": "m.notice", "body": "beep"})
    room.ada.send(room.room, {"body": "wave", "url": "mxc://hall.test/x", "info": {}}, "m.sticker")
    relation = {"rel_type": "m.annotation", "event_id": event, "key": "👍"}
    room.ada.send(room.room, {"m.relates_to": relation}, "m.reaction")
    batch = room.poll()
    assert (texts(batch), batch.bad, batch.note) == (["post"], (), "")


def test_what_is_encrypted_is_said_and_not_shown(room):
    before = room.poll()
    room.ada.state(room.room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    room.ada.send(room.room, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, "m.room.encrypted")
    for batch in (room.poll(before.cursor), room.poll()):
        assert batch.found == ()
        assert "is encrypted: its posts cannot be read" in batch.note


def test_a_room_that_is_closed_asks_for_an_invitation(people):
    room = hall(*people, public=False)
    with pytest.raises(Refused, match="invite it") as caught:
        room.poll()
    assert not isinstance(caught.value, Misconfigured)
    room.ada.invite(room.room, room.wall.id)
    room.ada.say(room.room, "inside")
    batch = room.poll()
    assert texts(batch) == ["inside"]


def test_one_who_was_put_out_says_so_and_condemns_no_post(people, room):
    event = room.ada.say(room.room, "one")

    async def scenario(source):
        batch = await source.poll(None)
        room.ada.kick(room.room, room.wall.id)
        with pytest.raises(Refused, match="put out"):
            await source.poll(batch.cursor)

    room.on(scenario)
    closed = hall(*people, public=False)
    event = closed.ada.say(closed.room, "one")
    closed.ada.invite(closed.room, closed.wall.id)

    async def closed_scenario(source):
        await source.poll(None)
        closed.ada.kick(closed.room, closed.wall.id)
        try:
            answer = await source.recheck({event: ""})
        except Refused:
            return ()
        return answer.gone

    assert closed.on(closed_scenario) == ()


def test_a_room_that_does_not_exist_and_a_token_that_is_none_are_misconfigured(room):
    with pytest.raises(Misconfigured, match="check `room`"):
        room._replace(alias="#nowhere:hall.test").poll()
    with pytest.raises(Misconfigured, match="does not know this access token"):
        room.poll(token="wrong")  # noqa: S106  # that is the point
    with pytest.raises(Misconfigured, match="token_file"):
        room.poll(token="")


def test_a_message_that_never_was_is_gone_and_nothing_costs_nothing(room):
    room.ada.say(room.room, "one")
    answer = room.recheck("$never")
    assert (answer.found, answer.gone, answer.bad) == ((), ("$never",), ())
    assert room.on(lambda source: source.recheck({}), token="wrong").gone == ()  # noqa: S106


def test_an_outage_is_caught_up_without_a_gap(room):
    first = room.poll()
    said = [room.ada.say(room.room, f"number {number}") for number in range(250)]
    room.ada.edit(room.room, said[3], "number 3, edited")
    room.ada.redact(room.room, said[5])
    batch = room.poll(first.cursor)
    wanted = [f"number {number}" for number in range(250) if number != 5]
    wanted[3] = "number 3, edited"
    assert texts(batch) == wanted
    assert (batch.more, batch.gap, batch.gone) == (False, "", (said[5],))
    assert texts(room.poll(batch.cursor)) == []


def test_a_long_outage_is_caught_up_in_several_reads(room, monkeypatch):
    monkeypatch.setattr("kiosk.sources.matrix.timeline.PAGE", 20)
    monkeypatch.setattr("kiosk.sources.matrix.timeline.PAGES_AT_ONCE", 1)
    first = room.poll()
    said = [room.ada.say(room.room, f"number {number}") for number in range(62)]
    found, cursor, reads, more = {}, first.cursor, 0, True
    while more:
        batch = room.poll(cursor)
        found |= {item.local_id: item for item in batch.found}
        cursor, more, reads = batch.cursor, batch.more, reads + 1
        assert batch.gap == ""
    assert found.keys() == set(said)
    assert 3 <= reads <= 5
    room.ada.say(room.room, "and on")
    assert texts(room.poll(cursor)) == ["and on"]


def test_what_is_too_much_is_named(room, monkeypatch):
    monkeypatch.setattr("kiosk.sources.matrix.timeline.PAGE", 20)
    monkeypatch.setattr("kiosk.sources.matrix.timeline.MOST_PAGES", 1)
    first = room.poll()
    for number in range(62):
        room.ada.say(room.room, f"number {number}")
    batch = room.poll(first.cursor)
    assert len(batch.found) == 40
    assert "more than 20 new messages" in batch.gap
    assert not batch.more


def test_its_table_says_what_is_wrong_with_it():
    good = MatrixTable(kind="matrix", server="https://hall.test", room="#hall:hall.test", token_file=FILE)
    assert list(good.faults()) == []
    assert not good.needs_hashtags
    assert good.where == "#hall:hall.test"
    assert list(MatrixTable(server="https://hall.test", room="!aGjO_8", token_file=FILE).faults()) == []
    bad = MatrixTable(kind="matrix", server="hall", room="hall")
    assert [fault.key for fault in bad.faults()] == ["server", "room", "token_file"]


def test_it_streams_and_brings_pictures(room):
    async def scenario(source):
        assert isinstance(source, Streaming)
        assert isinstance(source, Picturing)

    room.on(scenario)
