"""JSON values as no sane server sends them: Hypothesis strategies that mangle a sound value and its bytes."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, 1e308, -0.0, [], {}, [[]], [None], {"type": 1}, "\ud800", "\0", "https://[", "<p>", "@"]),
    st.text(max_size=20),
    st.sampled_from(["<b>" * 300, "x" * 5000, "\u0301" * 300, "mxc://a/b", "@a:b", "$e", "/start", "2" * 20]),
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["replace", "remove", "nest", "repeat", "swap"]), st.integers(0, 1 << 30), JUNK),
    max_size=5,
)
CUTS = st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 40), st.binary(max_size=6)), max_size=3)


def often(times: int) -> settings:
    """Settings for so many tries, however slow the machine is."""
    return settings(
        max_examples=times, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )


def mangled(value: Any, changes: Sequence[Any], cuts: Sequence[Any]) -> bytes:
    """A value's JSON after changes to its structure, and cuts into its bytes."""
    root = [deepcopy(value)]
    for how, where, junk in changes:
        _mangle(root, how, where, deepcopy(junk))
    body = json.dumps(root[0] if root else None).encode()
    for where, length, patch in cuts:
        start = where % (len(body) + 1)
        body = body[:start] + patch + body[start + length :]
    return body


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value that holds another value: container and key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [place for key in keys for place in ((value, key), *_places(value[key]))]


def _mangle(root: list[Any], how: str, where: int, junk: Any) -> None:
    places = _places(root)
    if not places:
        return
    holder, key = places[where % len(places)]
    if how == "replace":
        holder[key] = junk
    elif how == "remove":
        del holder[key]
    elif how == "nest":
        holder[key] = [holder[key]] if where % 2 else {"type": holder[key], "content": junk}
    elif how == "repeat":
        holder[key] = [deepcopy(holder[key]) for _ in range(where % 30)]
    else:
        other, twin = places[(where // 7) % len(places)]
        holder[key] = deepcopy(other[twin])
