from __future__ import annotations

import inspect

import pytest
from factories import post

from kiosk.domain.model import Cursor
from kiosk.media.client import GuardedClient
from kiosk.sources.source import Batch, Client, Found, Recheck


def test_a_batch_that_says_nothing_asks_for_nothing():
    batch = Batch()
    assert (batch.found, batch.bad, batch.gap, batch.more, batch.wait) == ((), (), "", False, 0.0)
    assert batch.cursor is None, "a read that found no place in the source must not move the cursor"


def test_a_recheck_that_says_nothing_condemns_nothing():
    assert Recheck() == Recheck(found=(), gone=(), bad=())


def test_what_a_source_returned_cannot_be_changed_afterwards():
    batch = Batch(found=(Found(post(), "1"),), cursor=Cursor("a", "1"))
    with pytest.raises(AttributeError):
        batch.found = ()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        batch.found[0].local_id = "2"  # type: ignore[misc]


def test_the_real_client_takes_exactly_what_sources_pass():
    promised, real = inspect.signature(Client.get), inspect.signature(GuardedClient.get)
    assert list(promised.parameters) == list(real.parameters)
    for name, parameter in promised.parameters.items():
        assert parameter.kind is real.parameters[name].kind
        assert parameter.default == real.parameters[name].default
