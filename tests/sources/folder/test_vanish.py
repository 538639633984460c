from __future__ import annotations

from kiosk.sources.folder.vanish import Vanishing

TEN = {str(number) for number in range(10)}


def test_a_photo_must_be_missed_for_a_moment():
    vanishing = Vanishing("folder x")
    assert vanishing.judge({"1"}, TEN - {"1"}, same=True, now=0) == (frozenset(), True, "")
    assert vanishing.judge({"1"}, TEN - {"1"}, same=True, now=5) == (frozenset({"1"}), False, "")


def test_a_photo_that_was_there_meanwhile_is_missed_from_then_on():
    vanishing = Vanishing("folder x")
    vanishing.judge({"1"}, {"2"}, same=True, now=0)
    assert vanishing.judge(set(), {"1", "2"}, same=True, now=3) == (frozenset(), False, "")
    assert vanishing.judge({"1"}, {"2"}, same=True, now=5).gone == frozenset()


def test_up_to_three_are_believed_even_if_they_are_all():
    vanishing = Vanishing("folder x")
    vanishing.judge({"1", "2", "3"}, set(), same=True, now=0)
    assert vanishing.judge({"1", "2", "3"}, set(), same=True, now=5).gone == {"1", "2", "3"}


def test_half_of_them_are_believed_and_more_only_after_half_a_minute():
    vanishing = Vanishing("folder x")
    vanishing.judge(TEN, TEN, same=True, now=0)
    five, six = set(sorted(TEN)[:5]), set(sorted(TEN)[:6])
    vanishing.judge(five, TEN - five, same=True, now=0)
    assert vanishing.judge(five, TEN - five, same=True, now=5).gone == five
    vanishing = Vanishing("folder x")
    assert vanishing.judge(six, TEN - six, same=True, now=0).note
    assert vanishing.judge(six, TEN - six, same=True, now=29).gone == frozenset()
    assert vanishing.judge(six, TEN - six, same=True, now=30).gone == six


def test_another_folder_in_its_place_deletes_nothing_ever():
    vanishing = Vanishing("folder x")
    for now in (0, 60, 1e9):
        verdict = vanishing.judge({"1"}, set(), same=False, now=now)
        assert verdict.gone == frozenset()
        assert "another folder" in verdict.note


def test_the_same_photos_in_another_folder_are_the_same_share_mounted_anew():
    vanishing = Vanishing("folder x")
    vanishing.judge({"1"}, TEN - {"1"}, same=False, now=0)
    assert vanishing.judge({"1"}, TEN - {"1"}, same=False, now=5).gone == {"1"}


def test_what_is_remembered_is_bounded():
    vanishing = Vanishing("folder x")
    for start in range(0, 200_000, 10_000):
        vanishing.judge({str(number) for number in range(start, start + 10_000)}, TEN, same=False, now=start)
    assert len(vanishing._since) <= 50_000
