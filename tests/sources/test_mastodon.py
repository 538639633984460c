from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from servers.tag_server import TagServer, Trouble, real_client

from kiosk.domain.errors import BadPayload, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, Opinion, PostUri
from kiosk.domain.moderation import Rules, judge
from kiosk.sources import mastodon
from kiosk.sources.mastodon import FAILURES, PAGE, Mastodon

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.sources.source import Batch, Recheck

NOT_FOUND = Trouble(404, b'{"error": "Not Found"}')
LOG_IN = Trouble(200, b"<!DOCTYPE html><title>Welcome to the hotel</title>")


def with_source(
    address: str, scenario: Callable[[Mastodon], Awaitable[Any]], *, tags=("hall",), token="", seconds=10.0
) -> Any:
    """Run a scenario on a source that reads a real server through the real client."""

    async def whole() -> Any:
        async with aclosing(real_client(seconds)) as client:
            return await scenario(Mastodon(address, tags, token, client))

    return asyncio.run(whole())


def poll(server: TagServer, cursor: Cursor | None = None, **options: Any) -> Batch:
    return with_source(server.url, lambda source: source.poll(cursor), **options)


def recheck(server: TagServer, *numbers: int, **options: Any) -> Recheck:
    posts = {str(number): PostUri(f"{server.url}/users/ada/statuses/{number}") for number in numbers}
    return with_source(server.url, lambda source: source.recheck(posts), **options)


def ids(batch: Batch | Recheck) -> list[int]:
    return [int(item.local_id) for item in batch.found]


def test_the_newest_page_is_read_oldest_first(server):
    for number in range(1, 61):
        server.add(number)
    batch = poll(server)
    assert ids(batch) == list(range(21, 61))
    assert batch.found[0].post.uri == f"{server.url}/users/ada/statuses/21"
    assert (batch.gap, batch.bad, batch.wait) == ("", (), 0.0)
    assert server.requests == [f"/api/v1/timelines/tag/hall?limit={PAGE}"]


def test_reading_again_finds_the_newest_page_again_with_one_request(server):
    for number in range(1, 61):
        server.add(number)
    first = poll(server)
    again = poll(server, first.cursor)
    assert (again.found, again.cursor) == (first.found, first.cursor)
    assert len(server.requests) == 2


def test_a_backlog_of_many_pages_is_read_without_a_gap(server):
    server.add(1)
    cursor = poll(server).cursor
    for number in range(2, 502):
        server.add(number)
    batch = poll(server, cursor)
    assert set(range(2, 502)) <= set(ids(batch))
    assert ids(batch) == sorted(ids(batch))
    assert batch.gap == ""
    assert len(server.requests) == 1 + 13
    again = poll(server, batch.cursor)
    assert len(server.requests) == 1 + 13 + 1, "caught up, one page is enough"
    assert set(ids(again)) <= set(ids(batch))


def test_a_page_that_the_server_thinned_out_does_not_end_the_catching_up(server):
    """Servers filter after they have counted: https://docs.joinmastodon.org/api/guidelines/#pagination."""
    server.add(1)
    cursor = poll(server).cursor
    for number in range(2, 122):
        server.add(number)
    server.invisible = set(range(85, 120))
    assert set(ids(poll(server, cursor))) >= set(range(2, 122)) - server.invisible


def test_a_post_that_arrives_late_with_an_old_id_is_not_missed(server):
    for number in range(10, 30):
        server.add(number * 10)
    cursor = poll(server).cursor
    server.add(155)
    server.add(300)
    assert {155, 300} <= set(ids(poll(server, cursor)))


def test_what_was_known_may_be_deleted_without_a_loss(server):
    for number in range(1, 6):
        server.add(number)
    cursor = poll(server).cursor
    server.statuses.clear()
    for number in range(100, 190):
        server.add(number)
    assert ids(poll(server, cursor)) == list(range(100, 190))


def test_an_endless_backlog_is_given_up_and_said(server, monkeypatch):
    monkeypatch.setattr(mastodon, "MOST_PAGES", 3)
    server.add(1)
    cursor = poll(server).cursor
    for number in range(2, 302):
        server.add(number)
    batch = poll(server, cursor)
    assert ids(batch) == list(range(182, 302))
    assert "more than 120 new posts with #hall" in batch.gap
    assert poll(server, batch.cursor).gap == ""


def test_a_server_that_knows_no_pages_is_not_asked_for_ever(server):
    server.pages = False
    server.add(1)
    cursor = poll(server).cursor
    for number in range(2, 60):
        server.add(number)
    assert ids(poll(server, cursor)) == list(range(40, 60))
    assert len(server.requests) == 3


def test_an_interrupted_backlog_is_read_again_from_the_same_place(server):
    server.add(1)
    cursor = poll(server).cursor
    for number in range(2, 202):
        server.add(number)
    server.troubles = [Trouble(), Trouble(), Trouble(503)]
    with pytest.raises(Unavailable):
        poll(server, cursor)
    assert set(range(2, 202)) <= set(ids(poll(server, cursor)))


@pytest.mark.parametrize("value", ["", "null", "[]", "{", '{"hall": 7}', '{"hall": ["1", 2]}', "\ud800"])
def test_a_cursor_that_cannot_be_read_counts_as_none(server, value):
    for number in range(1, 100):
        server.add(number)
    assert ids(poll(server, Cursor(server.url, value))) == list(range(60, 100))


def test_boosts_and_posts_for_a_few_are_no_posts(server):
    server.add(1)
    server.add(2, reblog=server.statuses[1] | {"id": "9"})
    server.add(3, visibility="private")
    assert ids(poll(server)) == [1]


def test_a_sensitive_post_is_read_and_held(server):
    server.add(1, sensitive=True, spoiler_text="Spiders")
    read = poll(server).found[0].post
    assert (read.sensitive, read.warning) == (True, "Spiders")
    verdict = judge(read, Rules())
    assert verdict.opinion is Opinion.HOLD
    assert verdict.reasons, "the moderator must see why"


def test_posts_without_the_tag_are_left_out_whatever_the_server_says(server):
    server.everywhere = {2, 3, 4}
    server.add(1)
    server.add(2, "Nothing of the kind", tag="elsewhere")
    server.add(3, "Only in the words: #HALL!", tags=[])
    server.add(4, "#halls are something else", tags=[{"name": "halls"}])
    assert ids(poll(server)) == [1, 3]


def test_several_tags_are_read_and_a_post_with_both_comes_once(server):
    server.add(1, tag="hall")
    server.add(2, tag="stage")
    server.add(3, tags=[{"name": "hall"}, {"name": "stage"}])
    batch = poll(server, tags=("#hall", " stage "))
    assert ids(batch) == [1, 2, 3]
    server.add(4, tag="stage")
    assert ids(poll(server, batch.cursor, tags=("#hall", " stage "))) == [1, 2, 3, 4]


def test_a_tag_in_any_script_finds_its_timeline(server):
    server.add(1, tag="café_東京")
    assert ids(poll(server, tags=("#café_東京",))) == [1]


def test_the_token_goes_with_every_request_and_only_where_there_is_one(server):
    server.add(1)
    poll(server)
    assert server.tokens == {""}
    server.tokens.clear()
    poll(server, token="secret")  # noqa: S106  # none
    recheck(server, 1, 2, token="secret")  # noqa: S106  # none
    assert server.tokens == {"Bearer secret"}


def test_an_item_that_cannot_be_read_is_counted_and_the_others_are_kept(server):
    server.add(1)
    server.add(2, created_at="yesterday")
    batch = poll(server)
    assert (ids(batch), len(batch.bad)) == ([1], 1)
    assert server.url in batch.bad[0]


def test_what_is_left_of_the_rate_limit_is_made_to_last(server):
    reset = (datetime.now(UTC) + timedelta(seconds=100)).isoformat().replace("+00:00", "Z")
    server.rate = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": reset}
    assert poll(server).wait == pytest.approx(100 / 9, abs=0.5)


TROUBLES = {
    "429": (Trouble(429), Unavailable, "pause"),
    "408": (Trouble(408), Unavailable, "trouble"),
    "500": (Trouble(500), Unavailable, "trouble"),
    "503": (Trouble(503), Unavailable, "trouble"),
    "401": (Trouble(401), Refused, "token_file"),
    "403": (Trouble(403), Refused, "403"),
    "404": (NOT_FOUND, Refused, "check `server`"),
    "422": (Trouble(422), Refused, "check `server`"),
    "418": (Trouble(418), Refused, "418"),
    "511": (Trouble(511), BadPayload, "log-in page"),
    "202": (Trouble(202, b"[]"), BadPayload, "log-in page"),
    "a redirect to nowhere": (Trouble(302), BadPayload, "log-in page"),
    "a log-in page": (LOG_IN, BadPayload, "log-in page"),
    "half an answer": (Trouble(200, b'[{"id": "1", "uri"'), BadPayload, "no list of posts"),
    "an error as 200": (Trouble(200, b'{"error": "no"}'), BadPayload, "no list of posts"),
    "bytes": (Trouble(200, bytes(range(256))), BadPayload, "no list of posts"),
}


@pytest.mark.parametrize(("trouble", "kind", "words"), TROUBLES.values(), ids=TROUBLES)
def test_each_trouble_has_its_kind_and_its_words(server, trouble, kind, words):
    server.add(1)
    server.troubles = [trouble]
    with pytest.raises(kind, match=words) as caught:
        poll(server)
    assert type(caught.value) is kind
    assert "127.0.0.1" in str(caught.value), "the sentence names the server"
    assert ids(poll(server)) == [1], "and the next read goes well"


def seconds_from_now(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


WISHES = {
    "seconds": lambda: {"Retry-After": "90"},
    "date": lambda: {"Retry-After": format_datetime(seconds_from_now(90), usegmt=True)},
    "reset": lambda: {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": seconds_from_now(90).isoformat()},
}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
@pytest.mark.parametrize("status", [429, 503])
def test_the_servers_wish_when_to_come_back_is_carried(server, wish, status):
    server.troubles = [Trouble(status, headers=wish())]
    with pytest.raises(Unavailable) as caught:
        poll(server)
    assert caught.value.retry_after == pytest.approx(90, abs=3)


def test_a_slow_answer_is_given_up_at_the_deadline(server):
    server.troubles = [Trouble(delay=20)]
    with pytest.raises(Unavailable, match="within"):
        poll(server, seconds=0.2)


def test_a_server_that_is_not_there_is_unavailable():
    with TagServer() as ended:
        pass
    with pytest.raises(Unavailable):
        poll(ended)


def test_the_name_is_the_host_and_a_stroke_at_the_end_does_not_matter(server):
    server.add(1)
    assert Mastodon("https://example.social/", ["hall"], "", real_client()).name == "example.social"
    assert with_source(server.url + "/", lambda source: source.poll(None)).found


def test_posts_that_stand_cost_one_request_for_twenty(server):
    for number in range(1, 31):
        server.add(number)
    answer = recheck(server, *range(1, 31))
    assert (sorted(ids(answer)), answer.gone, answer.bad) == (list(range(1, 31)), (), ())
    assert len(server.requests) == 2


@pytest.mark.parametrize("knows_many", [True, False])
def test_a_deleted_post_is_gone_and_an_edited_one_has_its_new_words(server, knows_many):
    server.knows_many = knows_many
    for number in range(1, 5):
        server.add(number)
    del server.statuses[2]
    server.edit(3, "Changed for #hall")
    answer = recheck(server, 1, 2, 3, 4)
    assert (answer.gone, answer.bad) == (("2",), ())
    assert {item.local_id: item.post.text for item in answer.found}["3"] == "Changed for #hall"
    assert sorted(ids(answer)) == [1, 3, 4]


def test_a_server_that_answers_for_one_post_only_is_not_asked_for_many_again(server):
    server.knows_many = False
    posts = {str(number): PostUri(server.add(number)["uri"]) for number in range(1, 42)}
    answer = with_source(server.url, lambda source: source.recheck(posts))
    assert len(answer.found) == 41
    assert len(server.asked("/api/v1/statuses?")) == 1


def test_a_post_that_is_not_public_any_more_is_gone(server):
    server.add(1, visibility="private")
    server.add(2)
    answer = recheck(server, 1, 2)
    assert (ids(answer), answer.gone) == ([2], ("1",))


OUTAGES = {
    "404 for everything": NOT_FOUND,
    "410 for everything": Trouble(410),
    "401": Trouble(401),
    "429": Trouble(429, headers={"Retry-After": "60"}),
    "502": Trouble(502, b"<html>Bad Gateway"),
    "511": Trouble(511),
    "a log-in page": LOG_IN,
    "an empty list": Trouble(200, b"[]"),
    "an error as 200": Trouble(200, b'{"error": "database"}'),
    "slow": Trouble(delay=20),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
@pytest.mark.parametrize("numbers", [(1,), (1, 2)], ids=["one post", "two posts"])
def test_no_outage_of_a_whole_server_condemns_a_post(server, outage, numbers):
    for number in numbers:
        server.add(number)
    server.always = {"/": outage}
    try:
        answer = recheck(server, *numbers, seconds=0.2)
    except SourceError:
        return  # nothing was said of any post
    assert answer.gone == ()
    assert answer.bad, "what could not be learned is said"


def test_an_outage_that_ends_between_two_questions_condemns_nothing(server):
    server.add(1)
    server.troubles = [NOT_FOUND]
    answer = recheck(server, 1)
    assert (ids(answer), answer.gone) == ([1], ())


def test_one_post_in_trouble_does_not_hide_the_deletion_of_another(server):
    server.knows_many = False
    for number in (1, 3):
        server.add(number)
    server.always = {"/api/v1/statuses/1": Trouble(500)}
    answer = recheck(server, 1, 2, 3)
    assert (ids(answer), answer.gone, len(answer.bad)) == ([3], ("2",), 1)


def test_a_server_in_trouble_is_not_asked_for_every_post(server):
    server.knows_many = False
    server.always = {"/api/v1/statuses/": Trouble(500)}
    assert len(recheck(server, *range(1, 20)).bad) == FAILURES
    server.always = {"/api/v1/statuses/": Trouble(429, headers={"Retry-After": "60"})}
    assert len(recheck(server, *range(1, 20)).bad) == 1, "it asked for a pause"


def test_where_single_posts_are_for_members_only_their_origin_is_asked(server):
    server.members_only = True
    server.knows_many = False
    server.add(1)
    answer = recheck(server, 1, 2)
    assert (answer.found, answer.gone, answer.bad) == ((), ("2",), ())


@pytest.mark.parametrize("origin", [trouble for trouble in OUTAGES.values() if trouble.status not in {0, 200, 410}])
def test_an_origin_in_trouble_condemns_nothing(server, origin):
    server.members_only = True
    server.knows_many = False
    server.add(1)
    server.always = {"/users/": origin, "/.well-known/nodeinfo": origin}
    answer = recheck(server, 1)
    assert (answer.found, answer.gone) == ((), ())
    assert "127.0.0.1" in answer.bad[0]


def test_an_origin_that_says_gone_is_believed(server):
    server.members_only = True
    server.always = {"/users/": Trouble(410)}
    assert recheck(server, 1).gone == ("1",)
