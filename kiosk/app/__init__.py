"""The composition root: builds the rooms, owns the loop, the start order and its mirror, the stop order.

What needs a window imports Qt; `intake`, `check` and `fetch` do not, so that the fetcher runs without one.
"""
