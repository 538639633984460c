from __future__ import annotations

import pytest

from kiosk.media.addresses import NEVER, VENUE, objection

PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "100.63.255.255",
    "100.128.0.0",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]

LOCAL = ["127.0.0.1", "127.255.255.254", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd12::1"]

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104  # an address to refuse
    "0.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::127.0.0.1",
    "::ffff:0:7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:0808:0808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
]

SPELLINGS = [
    ("::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:FFFF:127.0.0.1", "0000:0000:0000:0000:0000:ffff:7f00:0001"),
    ("::ffff:10.0.0.1", "::ffff:a00:1"),
    ("::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "::0:1", "::0.0.0.1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_good_either_way(address):
    assert objection(address, allow_private=False) == ""
    assert objection(address, allow_private=True) == ""


@pytest.mark.parametrize("address", LOCAL)
def test_the_venues_addresses_need_permission(address):
    assert objection(address, allow_private=False)
    assert objection(address, allow_private=True) == ""


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_addresses_stay_shut_even_with_permission(address):
    assert objection(address, allow_private=False)
    assert objection(address, allow_private=True)


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_every_spelling_of_one_address_is_judged_alike(spellings):
    assert len({objection(spelling, allow_private=False) for spelling in spellings}) == 1
    assert objection(spellings[0], allow_private=False)
    assert {objection(spelling, allow_private=True) for spelling in spellings} == {""}


@pytest.mark.parametrize("inner", ["7f00:1", "a00:1", "c0a8:101", "a9fe:a9fe", "6440:1"])
def test_behind_nat64_only_public_addresses_are_good(inner):
    assert objection(f"64:ff9b::{inner}", allow_private=False)
    assert objection(f"64:ff9b::{inner}", allow_private=True)


@pytest.mark.parametrize("nonsense", ["", "localhost", "127.1", "2130706433", "0x7f.1", "1.2.3.4.5", "::g"])
def test_what_is_no_numeric_address_is_refused(nonsense):
    assert objection(nonsense, allow_private=True) == "not a numeric address"


def test_the_two_tables_do_not_name_the_same_network():
    assert not VENUE.keys() & NEVER.keys()
