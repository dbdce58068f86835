"""Letters that the fonts of this machine lack, which a saved PNG shows as boxes."""

from collections.abc import Iterable

_ABSENT = "\u0378"  # a code that Unicode gives to no letter
_MOST = 40  # letters that are tried, spread over all
_SHOWN = 5  # letters in a note


def note_on_letters(names: Iterable[str]) -> str:
    """Return a note on letters of names that no font here has; empty for none."""
    letters = sorted({letter for name in names for letter in name if ord(letter) > 127})
    tried = letters[:: max(len(letters) // _MOST, 1)]
    absent = [letter for letter in tried if not has_glyph(letter)]
    if not absent:
        return ""
    return (
        f"no font of this machine has {', '.join(absent[:_SHOWN])}"
        f"{' and others' if len(absent) > _SHOWN else ''}: in saved PNG pictures they"
        " are boxes. Pages and SVG pictures use the fonts of whoever opens them."
        " Install a font that has them, such as Noto Sans CJK, and make the report"
        " again"
    )


def has_glyph(letter: str) -> bool:
    """Return whether a letter is drawn as anything but the box of an absent one."""
    return letter.isspace() or _pixels(letter) != _pixels(_ABSENT)


def _pixels(letter: str) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4"'
        ' y="30" font-size="28" font-family="Helvetica, Arial, sans-serif">'
        f"{letter}</text></svg>"
    )
