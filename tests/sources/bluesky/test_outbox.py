from __future__ import annotations

import json
from typing import Any

from servers.appview import view

from kiosk.domain.model import Cursor
from kiosk.sources.bluesky.outbox import FLUSH, MARK, MOST, Outbox
from kiosk.sources.bluesky.records import Viewed, read_view
from kiosk.sources.source import Batch


def seen(name: int, **changes: Any) -> Viewed:
    return read_view(json.dumps(view(name, **changes)).encode())


def test_a_post_leaves_at_once():
    out = Outbox(100.0)
    out.take(seen(1))
    assert out.pause(100.0) == 0.0
    batch = out.batch(Cursor("x (stream)", "5"))
    assert [item.local_id for item in batch.found] == [view(1)["uri"]]
    assert batch.cursor == Cursor("x (stream)", "5")


def test_what_takes_a_post_away_leaves_at_once_and_other_deletions_together():
    out = Outbox(100.0)
    out.leave("at://x/1", urgent=False)
    assert out.pause(100.5) == FLUSH - 0.5
    out.leave("at://x/2", urgent=True)
    assert out.pause(100.5) == 0.0
    assert out.batch(None).gone == ("at://x/1", "at://x/2")


def test_a_post_that_is_deleted_before_it_left_is_gone_and_not_found():
    out = Outbox(0.0)
    out.take(seen(1))
    out.take(seen(2, did="did:plc:bob"))
    out.leave(view(1)["uri"], urgent=False)
    out.close("at://did:plc:bob/", urgent=False)
    assert out.batch(None) == Batch(gone=(view(1)["uri"],), gone_under=("at://did:plc:bob/",))


def test_a_post_that_may_not_be_shown_any_more_is_gone_and_one_that_never_was_is_nothing():
    out = Outbox(0.0)
    hidden = seen(1, labels=[{"val": "!hide"}])
    out.take(hidden)
    assert out.batch(None) == Batch()
    out.take(hidden._replace(lost=True))
    assert out.batch(None).gone == (hidden.uri,)


def test_where_nothing_happens_the_cursor_leaves_now_and_then():
    assert Outbox(100.0).pause(100.0) == MARK
    assert Outbox(100.0).pause(100.0 + MARK) == 0.0


def test_deletions_are_held_back_to_a_bound():
    out = Outbox(100.0)
    for number in range(MOST + 1):
        out.leave(f"at://x/{number}", urgent=False)
    assert out.pause(100.0) == 0.0
    closing = Outbox(100.0)
    for number in range(MOST + 1):
        closing.close(f"at://{number}/", urgent=False)
    assert closing.pause(100.0) == 0.0


def test_complaints_are_cut():
    out = Outbox(100.0)
    out.complain("x" * 10_000)
    assert out.pause(100.0) == FLUSH
    assert [len(sentence) for sentence in out.batch(None).bad] == [300]
