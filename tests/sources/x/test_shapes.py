from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.sources.x.shapes import Problem, XPost, XTag, each, inner, moment_of, number_of, text_of, uri_of


def test_an_id_holds_its_time():
    assert moment_of("1220206014030589953").replace(microsecond=0) == datetime(2020, 1, 23, 4, 45, 58, tzinfo=UTC)


@pytest.mark.parametrize("identity", ["", "x", "-1", "1.0", "٣", "1" * 21])
def test_what_is_no_id_is_refused(identity):
    with pytest.raises(ValueError, match="is no id"):
        number_of(identity)


def test_versions_are_in_order_whatever_the_history_says():
    post = XPost(id="10", edit_history_tweet_ids=["10", "9"])
    assert post.versions == ["9", "10"]
    assert XPost(id="10").versions == ["10"]
    assert uri_of("9") == "https://x.com/i/status/9"


def test_of_a_list_only_what_fits_counts():
    assert each([{"tag": "a"}, {"tag": 1}, None, {}], XTag) == [XTag("a")]
    assert each({}, XTag) == each(None, XTag) == []


def test_objects_and_texts_are_there_or_empty():
    assert inner({"a": {"b": 1}}, "a") == {"b": 1}
    assert inner({"a": []}, "a") == inner({}, "a") == {}
    assert (text_of({"a": "x"}, "a"), text_of({"a": 1}, "a"), text_of({}, "a")) == ("x", "", "")


def test_a_problem_is_known_by_the_end_of_its_type_and_says_what_it_can():
    for host in ("api.twitter.com", "api.x.com"):
        assert Problem(type=f"https://{host}/2/problems/resource-not-found").kind == "resource-not-found"
    assert Problem(title="T", detail="D").words == "D"
    assert Problem(title="T", message="M").words == "M"
    assert Problem().words == "something is wrong"
