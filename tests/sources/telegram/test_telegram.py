from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from factories import jpeg
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from means import means
from servers.bot_api import ADA, ALONE, HALL, NEWS, TOKEN, BotApi
from servers.tag_server import real_client

from kiosk.domain.errors import Misconfigured, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, Kind
from kiosk.sources.source import Picturing, Recheck, Streaming, picture_reference
from kiosk.sources.telegram import telegram
from kiosk.sources.telegram.telegram import Telegram, TelegramTable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.sources.source import Batch

FILE = "bot.token"


@pytest.fixture
def bot():
    with BotApi() as running:
        yield running


def on(bot: BotApi, scenario: Callable[[Telegram], Awaitable[Any]], token: str = TOKEN, **options: Any) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client(20)) as client:
            table = TelegramTable(kind="telegram", server=bot.url, **options)
            return await scenario(Telegram(table, means(client, token=token)))

    return asyncio.run(whole())


def poll(bot: BotApi, cursor: Cursor | None = None, **options: Any) -> Batch:
    return on(bot, lambda source: source.poll(cursor), **options)


def texts(batch: Batch) -> list[str]:
    return [item.post.text for item in batch.found]


def test_what_is_said_is_found_once_and_confirmed_only_by_the_next_question(bot):
    bot.say("one")
    bot.say("two")
    batch = poll(bot)
    assert texts(batch) == ["one", "two"]
    assert [item.local_id for item in batch.found] == ["-1001234567890/1", "-1001234567890/3"]
    assert len(bot.updates) == 2, "a crash before the commit loses nothing"
    assert texts(poll(bot)) == ["one", "two"]
    bot.say("three")
    again = poll(bot, batch.cursor)
    assert texts(again) == ["three"]
    assert len(bot.updates) == 1, "the first two are confirmed"
    assert (again.bad, again.more, again.gap, again.note) == ((), False, "", "")


def test_a_photo_is_seen_with_its_caption_fetched_and_edited(bot):
    said = bot.photo(jpeg(), caption="Our hall")

    async def scenario(source: Telegram) -> None:
        batch = await source.poll(None)
        (item,) = batch.found
        (photo,) = item.post.attachments
        assert (item.post.text, photo.kind) == ("Our hall", Kind.PHOTO)
        name, reference = picture_reference(photo.url)
        assert name == source.name
        assert await source.picture(reference) == jpeg()
        bot.edit(said, caption="Our hall, edited")
        (edited,) = (await source.poll(batch.cursor)).found
        assert (edited.post.uri, edited.post.created_at) == (item.post.uri, item.post.created_at)
        assert edited.post.text == "Our hall, edited"
        assert edited.post.edited_at > item.post.created_at
        assert edited.post.attachments == item.post.attachments
        for stored in (batch.cursor.value, str(item), source.name):
            assert TOKEN not in stored
            assert TOKEN.partition(":")[2] not in stored

    on(bot, scenario)


def test_an_album_is_one_post_and_a_late_picture_an_edit_of_it(bot):
    pictures = [jpeg((64, 48 + n)) for n in range(3)]
    bot.photo(pictures[0], caption="Three", media_group_id="a")
    bot.photo(pictures[1], media_group_id="a")

    async def scenario(source: Telegram) -> None:
        batch = await source.poll(None)
        (item,) = batch.found
        assert len(item.post.attachments) == 2
        bot.photo(pictures[2], media_group_id="a")
        (later,) = (await source.poll(batch.cursor)).found
        assert (later.post.uri, later.local_id, later.post.text) == (item.post.uri, item.local_id, "Three")
        assert len(later.post.attachments) == 3

    on(bot, scenario)


def test_channels_groups_and_private_messages_all_count_unless_said_otherwise(bot):
    bot.say("in the hall")
    bot.post("in the channel")
    bot.say("in private", chat=ALONE)
    assert texts(poll(bot)) == ["in the hall", "in the channel", "in private"]
    assert texts(poll(bot, private=False)) == ["in the hall", "in the channel"]
    assert texts(poll(bot, chat="@HallNews")) == ["in the channel", "in private"]
    only = poll(bot, chat="-1001234567890", private=False)
    assert texts(only) == ["in the hall"]
    assert only.note == "The bot also reads “News” (-1009876543210), which is not the `chat` that counts."


def test_forwards_bots_and_commands_are_no_posts(bot):
    bot.say("/start", chat=ALONE)
    bot.say("forwarded", forward_origin={"type": "hidden_user", "sender_user_name": "X", "date": 1})
    bot.say("beep", who={"id": 9, "is_bot": True, "first_name": "Other bot"})
    bot.tell("message", bot.message(new_chat_members=[{"id": 1, "is_bot": False, "first_name": "New"}]))
    bot.say("a person")
    assert texts(poll(bot)) == ["a person"]


def test_a_bad_update_loses_only_itself_and_does_not_come_for_ever(bot):
    bot.say("one")
    bot.tell("message", {"message_id": "?"})
    bot.say("two")
    batch = poll(bot)
    assert (texts(batch), len(batch.bad)) == (["one", "two"], 1)
    assert texts(poll(bot, batch.cursor)) == []
    assert bot.updates == []


def test_a_backlog_is_read_page_by_page(bot):
    for number in range(250):
        bot.say(f"number {number}")

    async def scenario(source: Telegram) -> list[list[str]]:
        cursor, pages, more = None, [], True
        while more:
            batch = await source.poll(cursor)
            cursor, more = batch.cursor, batch.more
            pages.append(texts(batch))
        return pages

    pages = on(bot, scenario)
    assert [len(page) for page in pages] == [100, 100, 50]
    assert sum(pages, []) == [f"number {number}" for number in range(250)]  # noqa: RUF017  # three pages


def test_a_question_waits_for_what_is_said(bot):
    async def scenario(source: Telegram) -> float:
        await source.poll(None)
        loop = asyncio.get_running_loop()
        waiting = asyncio.create_task(source.poll(None))
        await asyncio.sleep(0.3)
        begun = time.monotonic()
        await loop.run_in_executor(None, bot.say, "now")
        assert texts(await waiting) == ["now"]
        return time.monotonic() - begun

    assert on(bot, scenario) < 1.0


def test_a_silent_chat_moves_nothing(bot, monkeypatch):
    monkeypatch.setattr(telegram, "PATIENCE", 1)
    bot.say("one")

    async def scenario(source: Telegram) -> None:
        first = await source.poll(None)
        for _ in range(2):
            quiet = await source.poll(first.cursor)
            assert (quiet.found, quiet.cursor) == ((), first.cursor)

    on(bot, scenario)
    assert bot.targets(f"/bot{TOKEN}/getUpdates")[-1].count("timeout=1") == 1


def test_a_source_that_is_cancelled_while_it_waits_can_be_asked_again(bot):
    async def scenario(source: Telegram) -> Batch:
        await source.poll(None)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await source.poll(None)
        bot.say("still there")
        return await source.poll(None)

    assert texts(on(bot, scenario)) == ["still there"]


def test_another_program_that_reads_the_bot_is_named(bot):
    async def scenario(source: Telegram) -> None:
        await source.poll(None)
        waiting = asyncio.create_task(source.poll(None))
        await asyncio.sleep(0.3)
        bot.end_polls()
        with pytest.raises(Unavailable, match="Another program reads"):
            await waiting

    on(bot, scenario)
    bot.webhook = True
    with pytest.raises(Refused, match="webhook"):
        poll(bot)


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", "705", "7 x", "999999 1600000000", "٧ ٧", "\ud800"])
def test_a_cursor_that_cannot_be_read_or_is_stale_counts_as_none(bot, value):
    bot.say("one")
    assert texts(poll(bot, Cursor("x", value))) == ["one"]
    assert "offset" not in bot.targets(f"/bot{TOKEN}/getUpdates")[-1]


def test_a_bot_that_is_kept_from_the_groups_words_says_so_until_it_hears_some(bot):
    bot.sees_all = False
    bot.say("in private", chat=ALONE)
    assert poll(bot).note == ""
    bot.tell("message", bot.message(new_chat_members=[]))
    assert "@wall_bot only commands and replies: turn its privacy off" in poll(bot).note
    bot.say("heard")
    assert poll(bot).note == ""


def test_a_group_that_got_a_new_id_is_followed_and_named(bot):
    small = {"id": -555, "type": "group", "title": "Small"}
    bot.tell("message", bot.message(small, migrate_to_chat_id=HALL["id"]))
    bot.say("in the new one")
    batch = poll(bot, chat="-555")
    assert texts(batch) == ["in the new one"]
    assert "write -1001234567890 into `chat`" in batch.note


def test_a_recheck_says_nothing_and_asks_nothing(bot):
    assert on(bot, lambda source: source.recheck({"-1001234567890/1": ""})) == Recheck()
    assert bot.asked == []


def test_a_token_that_is_none_is_misconfigured_and_never_sent(bot):
    for token in ("", "secret", "123:short", f"{TOKEN}/../x"):
        with pytest.raises(Misconfigured, match="token_file") as caught:
            poll(bot, token=token)
        assert "secret" not in str(caught.value)
    assert bot.asked == []
    assert on(bot, _name) == "Telegram bot 110201543"


async def _name(source: Telegram) -> str:
    assert isinstance(source, Picturing)
    assert not isinstance(source, Streaming), "a second question would end the first"
    return source.name


def test_its_table_says_what_is_wrong_with_it():
    good = TelegramTable(kind="telegram", token_file=FILE, chat="@mytweetup")
    assert list(good.faults()) == []
    assert (good.needs_hashtags, good.interval, good.where) == (False, 5.0, "@mytweetup")
    assert list(TelegramTable(token_file=FILE, chat=str(NEWS["id"])).faults()) == []
    bad = TelegramTable(server="telegram", chat="https://t.me/x")
    assert [fault.key for fault in bad.faults()] == ["server", "chat", "token_file"]


class _Mangling:
    """A Bot API whose updates are mangled."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def get(self, url: str, **_: Any) -> httpx.Response:
        body = b'{"ok": true, "result": {}}' if url.endswith("getMe") else self.body
        return httpx.Response(200, content=body, request=httpx.Request("GET", url))


def _survive(body: bytes) -> None:
    async def whole() -> None:
        table = TelegramTable(chat="-1001234567890")
        source = Telegram(table, means(_Mangling(body), token=TOKEN))
        with suppress(SourceError):
            batch = await source.poll(None)
            assert all(item.post.uri and item.local_id for item in batch.found)
            assert TOKEN not in str(batch)

    asyncio.run(whole())


SAID = {"message_id": 1, "date": 1_795_802_400, "chat": HALL, "from": ADA, "text": "Tea"}
WHOLE = {
    "ok": True,
    "result": [
        {"update_id": 1, "message": SAID},
        {"update_id": 2, "edited_message": SAID | {"edit_date": 1_795_802_500, "chat": ALONE}},
        {"update_id": 3, "channel_post": SAID | {"chat": NEWS, "sender_chat": NEWS}},
        {"update_id": 4, "message": SAID | {"media_group_id": "a", "migrate_to_chat_id": 5}},
    ],
}


@often(2_000)
@given(CHANGES, CUTS)
def test_no_mutation_of_an_answer_gets_past_the_documented_errors(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))
