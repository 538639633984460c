"""The README's table of options is the one that their declaration gives."""

from house.readme import README, with_table


def test_table_is_current():
    text = README.read_text("utf-8")
    assert text == with_table(text), "run `python tests/house/readme.py`"
