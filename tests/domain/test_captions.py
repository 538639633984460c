from kiosk.domain.captions import Caption


def test_a_picture_that_says_nothing_has_an_empty_caption():
    assert Caption() == ("", "", "", "")
    assert not any(Caption())
