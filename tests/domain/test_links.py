"""Addresses read by their hosts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.links import host_of, with_hosts


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Notes: https://www.example.org/talks/2026/why?x=1#a", "Notes: example.org"),
        ("See https://example.org.", "See example.org."),
        ("(https://example.org/a_(b))!", "(example.org)!"),
        ("HTTP://Example.ORG/Path, and more", "example.org, and more"),
        ("www.example.org/x or example.org/talks/20…", "example.org or example.org"),
        ("example.org/article/ba... read it", "example.org read it"),
        ("https://bank.example@evil.example/login", "evil.example"),
        ("https://example.org:8443/x", "example.org"),
        ("الرابط https://github.com/example/repo?q=1 شكرًا", "الرابط github.com شكرًا"),
        ("東京https://example.jp/a、美味しい", "東京example.jp、美味しい"),
        ("https://example.jp/xを見て", "example.jpを見て"),
        ("東京 https://例え.jp/a。", "東京 例え.jp。"),
        ("Node.js/React and and/or, v1.2/3, me@example.org", "Node.js/React and and/or, v1.2/3, me@example.org"),
        ("https:// and http://[::1 and https://x", "https:// and http://[::1 and https://x"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_address_is_read_as_its_host(text, read):
    assert with_hosts(text) == read


@given(st.text())
def test_any_text_is_read_and_reading_twice_changes_nothing_more(text):
    once = with_hosts(text)
    assert with_hosts(once) == once or "://" in text
    if "." not in text:
        assert once == text


def test_a_host_is_named_as_people_say_it():
    assert host_of("https://www.example.org/x") == "example.org"
    assert host_of("https://[bad") == host_of("mailto:a@b.example") == host_of("x") == ""
