from __future__ import annotations

import pytest
from servers.reading import ids, recheck, with_source
from servers.tag_server import Trouble

from kiosk.domain.errors import SourceError
from kiosk.domain.model import PostUri
from kiosk.sources.mastodon.recheck import FAILURES

NOT_FOUND = Trouble(404, b'{"error": "Not Found"}')
LOG_IN = Trouble(200, b"<!DOCTYPE html><title>Welcome to the hotel</title>")


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
