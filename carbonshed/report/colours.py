"""Colours of charts: one for each noun, the same on every page.

The palette follows Okabe and Ito, so that people with any colour vision can tell its
colours apart; each ground has its own shades, which stand out from it by 3 to 1 at
least. A specification holds those of the light ground, and the style sheet puts the
dark ones in their place.
"""

BLUE, ORANGE, GREEN, VERMILION = "#005FA3", "#C68200", "#0A7F60", "#A63A00"
SKY, PURPLE, GREY, WINE = "#2C94DC", "#A4509E", "#858A95", "#6F2A4D"
GROUND = "#FFFFFF"
INK = "#18212B"
# colours of amounts, from small to large: the larger, the farther from the ground
STEPS = ["#3DA291", "#2F7E8E", "#225D88", "#194077", "#162159"]

DARK = {
    BLUE: "#4790e8",
    ORANGE: "#ffaa2b",
    GREEN: "#4fdda0",
    VERMILION: "#da5733",
    SKY: "#c9ecff",
    PURPLE: "#db90df",
    GREY: "#8f949b",
    WINE: "#bc2f81",
    GROUND: "#171d24",
    INK: "#e8edf2",
    **dict(
        zip(STEPS, ("#4564c1", "#518bc5", "#62b1cb", "#88d7d7", "#d7f8f0"), strict=True)
    ),
}
PALETTE = [BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY, WINE]

# A colour that two nouns share says something they have in common: blue is what is
# used, orange what is emitted, green what is one's own, vermilion elsewhere or too
# much, grey nobody's or not known.
NOUNS = {
    "footprint": BLUE,
    "emitted there": ORANGE,
    "income": SKY,
    "enabled by earnings": GREEN,
    "technology-adjusted footprint": SKY,
    "shared equally": PURPLE,
    "people": GREEN,
    "households": GREEN,
    "government": PURPLE,
    "investment": VERMILION,
    "inventories": GREY,
    "own place": GREEN,
    "other places": VERMILION,
    "main supplier": WINE,
    "passing through": SKY,
    "imports": VERMILION,
    "exports": SKY,
    "direct": PURPLE,
    "near the purchase": SKY,
    "farther upstream": BLUE,
    "unattributed": GREY,
    "above the world": VERMILION,
    "at or below the world": SKY,
    "unknown": GREY,
    "not named": GREY,
    "published": GREY,
    "avoided": GREEN,
    "gives": VERMILION,
    "receives": GREEN,
    "producers": ORANGE,
    "consumers": BLUE,
    "power supply": ORANGE,
    "other sectors": BLUE,
    "large emitters": VERMILION,
    "balanced": GREY,
    "outside the interval": VERMILION,
    "net flow": BLUE,
    "direction": VERMILION,
    "largest flow": VERMILION,
    "large flows": ORANGE,
    "other flows": SKY,
    "rest of the world": GREY,
    "any combination": GREY,
    "rises": VERMILION,
    "falls": GREEN,
    "before": GREY,
    "after": GREEN,
}


def colour_of(noun: str) -> str:
    """Return the colour of a noun, on the light ground.

    Raises
    ------
    KeyError
        For a noun that has none; give it one in `NOUNS`.
    """
    return NOUNS[noun]
