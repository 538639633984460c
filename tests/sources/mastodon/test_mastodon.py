from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from means import mastodon
from servers.reading import ids, poll, recheck, with_source
from servers.tag_server import TagServer, Trouble, real_client

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.domain.model import Cursor, Opinion
from kiosk.domain.moderation import Rules, judge
from kiosk.settings import Fault
from kiosk.sources.mastodon.mastodon import MastodonTable
from kiosk.sources.mastodon.timelines import PAGE

NOT_FOUND = Trouble(404, b'{"error": "Not Found"}')
LOG_IN = Trouble(200, b"<!DOCTYPE html><title>Welcome to the hotel</title>")


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
    "422 as Mastodon says it": (
        Trouble(422, b'{"error": "This method requires an authenticated user"}'),
        Refused,
        "kiosk login mastodon http://127",
    ),
    "511": (Trouble(511), Portal, "log-in page"),
    "202": (Trouble(202, b"[]"), Portal, "log-in page"),
    "a redirect to nowhere": (Trouble(302), Portal, "log-in page"),
    "a log-in page": (LOG_IN, Portal, "log-in page"),
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
    assert mastodon("https://example.social/", real_client()).name == "example.social"
    assert with_source(server.url + "/", lambda source: source.poll(None)).found


def test_a_token_that_is_not_accepted_is_to_be_made_anew(server):
    server.troubles = [Trouble(401)]
    with pytest.raises(Refused, match=r"does not accept the token.*kiosk login mastodon"):
        poll(server, token="revoked")  # noqa: S106  # none


def test_a_post_must_have_all_the_tables_tags_and_none_of_its_others(server):
    server.add(1)
    server.add(2, tags=[{"name": "hall"}, {"name": "Day1"}])
    server.add(3, tags=[{"name": "hall"}, {"name": "day1"}, {"name": "NoWall"}])
    server.add(4, "#day1 stands in the words")
    assert ids(poll(server, all=("#day1",), none=("nowall",))) == [2, 4]
    assert all("[]" not in target for target in server.requests), "some servers invert what they are asked"


def test_a_tag_is_compared_as_the_server_compares_it(server):
    server.everywhere = {1, 2}
    server.add(1, tags=[{"name": "cafe"}])
    server.add(2, "＃ＣＡＦＥ!", tags=[])
    assert ids(poll(server, tags=("#Café",))) == [1, 2]


def test_an_accounts_posts_belong_to_the_event_without_a_tag(server):
    server.accounts = {"ada": "1", "grace@else.example": "2"}
    server.add(1, "Doors open", tags=[])
    server.add(2, "Welcome", tags=[], account={"acct": "grace@else.example"})
    server.add(3, "Not on the wall #nowall", tags=[])
    accounts = ("@ada", "@grace@else.example")
    batch = poll(server, tags=(), accounts=accounts, none=("nowall",))
    assert (ids(batch), batch.note) == ([1, 2], "")
    server.add(4, "Doors close", tags=[])
    again = poll(server, batch.cursor, tags=("hall",), accounts=accounts, none=("nowall",))
    assert ids(again) == [1, 2, 4]
    assert all("exclude_reblogs=true" in target for target in server.asked("/api/v1/accounts/1/"))


def test_an_account_of_the_server_itself_is_asked_for_without_its_home(server):
    server.add(1, tags=[])
    home = server.url.removeprefix("http://")
    assert ids(poll(server, tags=(), accounts=(f"ada@{home}",))) == [1]


def test_an_account_that_is_not_known_is_said_and_harms_no_other(server):
    server.add(1)
    batch = poll(server, accounts=("@nobody@else.example",))
    assert ids(batch) == [1]
    assert "knows no account @nobody@else.example" in batch.note


def test_a_lists_posts_belong_to_the_event_without_a_tag(server):
    server.lists = {"7": {1, 3}}
    server.add(1, tags=[])
    server.add(2, tags=[])
    server.add(3, tags=[], reblog=server.statuses[2])
    assert ids(poll(server, tags=(), lists=("7",), token="user")) == [1]  # noqa: S106  # none


def test_where_only_accounts_are_read_a_recheck_leans_on_them(server):
    server.add(1, tags=[])
    answer = recheck(server, 1, 2, tags=(), accounts=("ada",))
    assert (ids(answer), answer.gone) == ([1], ("2",))


@pytest.mark.parametrize("more", [{"accounts": ("ada",)}, {"lists": ("7",)}])
def test_no_hashtags_are_needed_where_accounts_or_lists_are_read(more):
    assert MastodonTable().needs_hashtags
    assert not MastodonTable(**more).needs_hashtags


FAULTS = {
    "no server": ({"server": "example"}, "server"),
    "no handle": ({"accounts": ("ada at example",)}, "accounts"),
    "no list": ({"lists": ("a/b",), "token_file": "token"}, "lists"),
    "a list without its token": ({"lists": ("7",)}, "lists"),
}


@pytest.mark.parametrize(("values", "key"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_table_names_its_key(values, key):
    (fault,) = MastodonTable(**{"server": "https://example.social", **values}).faults()
    assert isinstance(fault, Fault)
    assert fault.key == key


def test_a_whole_table_has_no_fault():
    table = MastodonTable(
        server="https://example.social",
        accounts=("ada", "@ada", "@ada@home.example:8443"),
        lists=("12249",),
        token_file="token",  # noqa: S106  # a file's name
    )
    assert list(table.faults()) == []


def test_the_budget_is_what_the_server_last_said(server):
    reset = (datetime.now(UTC) + timedelta(seconds=100)).isoformat()
    server.rate = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": reset}

    async def scenario(source):
        await source.poll(None)
        return source.budget

    budget = with_source(server.url, scenario)
    assert (budget.left, budget.limit) == (9, 300)
    assert (budget.resets - datetime.now(UTC)).total_seconds() == pytest.approx(100, abs=2)
