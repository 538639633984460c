"""The README's table of options is the one that their declaration gives."""

from house.readme import README, THEMES, theme_paper, with_table


def test_table_is_current():
    text = README.read_text("utf-8")
    assert text == with_table(text), "run `python tests/house/readme.py`"


def test_the_page_beside_the_themes_is_current():
    assert THEMES.read_text("utf-8") == theme_paper(), "run `python tests/house/readme.py`"
