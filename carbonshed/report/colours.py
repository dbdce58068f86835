"""Colours of charts: one for each noun, the same on every page.

The palette follows Okabe and Ito, so that people with any colour vision can tell its
colours apart; each ground has its own shades, which stand out from it by 3 to 1 at
least. A specification holds those of the light ground, and the style sheet puts the
dark ones in their place.
"""

from importlib.resources import files

import yaml

GROUND = "#FFFFFF"
INK = "#18212B"
# colours of amounts, from small to large: the larger, the farther from the ground
STEPS = ["#3DA291", "#2F7E8E", "#225D88", "#194077", "#162159"]

_BY_COLOUR: dict[str, list[str]] = yaml.safe_load(
    files("carbonshed.report").joinpath("colours.yml").read_text("utf-8")
)
PALETTE = [*_BY_COLOUR]
NOUNS = {noun: colour for colour, nouns in _BY_COLOUR.items() for noun in nouns}


def colour_of(noun: str) -> str:
    """Return the colour of a noun, on the light ground.

    Raises
    ------
    KeyError
        For a noun that has none; give it one in ``colours.yml``.
    """
    return NOUNS[noun]
