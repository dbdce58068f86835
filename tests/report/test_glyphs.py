"""Letters without a glyph are said to have none, whatever fonts there are."""

import pytest

from carbonshed.report import glyphs

pytest.importorskip("vl_convert")


def test_a_letter_that_no_font_can_have_is_absent():
    assert glyphs.has_glyph("A")
    assert glyphs.has_glyph("\u00e9")
    assert not glyphs.has_glyph("\u0379")  # no letter has this code either


def test_the_note_names_some_letters_and_what_to_do(monkeypatch):
    monkeypatch.setattr(
        glyphs, "has_glyph", lambda letter: letter not in "北京上海市成"
    )
    assert glyphs.note_on_letters(["Texas", "Åland"]) == ""
    note = glyphs.note_on_letters(["北京市", "上海市", "成都市", "Åland"])
    assert note.startswith("no font of this machine has 上, 京, 北, 市, 成 and others")
    assert "Noto Sans CJK" in note
