"""Texts: lists, articles, shapes, sizes, near names for messages, quoting for SQL."""

import difflib
import os
import re
import unicodedata
from collections.abc import Collection, Iterable

PROSE_WIDTH = 88  # of a line of sentences, where there is no terminal
_MAX_COMPARED = 5000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_REGION = re.compile(r"(\b[Aa] )?\b([Rr]egion)(s)?\b")
# countries that take an article in a sentence, and so does a district of one; as the
# macro `spoken_name`
_WITH_ARTICLE = re.compile(
    "^United |(Republic|Federation|Islands|Emirates)$"
    "|^(Netherlands|Philippines|Bahamas|Gambia|Maldives)$"
)
_MARKS = ("synthetic data", "compiled estimate")
_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def is_url(address: str) -> bool:
    """Return whether an address is not a path of this machine: ``s3://a/b``."""
    return "://" in address


def listing(
    items: Iterable[object],
    most: int | None = None,
    *,
    quote: bool = False,
    separator: str = ", ",
    empty: str = "none",
) -> str:
    """Return items for a message: ``a, b, c and 4 more``; None as `most` names all.

    `quote` writes each as `repr` does, for labels that may have blanks and commas.
    """
    words = [repr(item) if quote else str(item) for item in items]
    if not words:
        return empty
    shown = words if most is None else words[:most]
    left = len(words) - len(shown)
    return separator.join(shown) + (f" and {left:,} more" if left else "")


def suggestion(unknown: object, vocabulary: Collection[str]) -> str:
    """Return `` (did you mean 'NAME'?)`` with the most similar name, else nothing."""
    near = nearest(unknown, vocabulary)
    return "" if near is None else f" (did you mean {near!r}?)"


def nearest(unknown: object, vocabulary: Collection[str]) -> str | None:
    """Return the most similar name, None if none is near.

    A name that differs in case or outer blanks alone comes first.
    """
    if len(vocabulary) > _MAX_COMPARED or not isinstance(unknown, str):
        return None
    folded = unknown.strip().casefold()
    near = [name for name in vocabulary if name.strip().casefold() == folded]
    near = near or difflib.get_close_matches(unknown, vocabulary, n=1, cutoff=0.75)
    return near[0] if near else None


def other_separator(header: list[str]) -> str:
    """Return what to do with a CSV file whose fields no comma separates, else nothing.

    `header` has its first fields, as commas separate them.
    """
    signs = [sign for sign in ";\t|" if len(header) == 1 and sign in header[0]]
    return f"separated by {signs[0]!r}: save it with commas" if signs else ""


def split_caveat(caveat: str) -> tuple[str, str]:
    """Return the mark of a caveat, for titles, and the sentence of its author.

    Either may be empty.
    """
    mark = caveat.partition("; ")[0]
    mark = mark if mark in _MARKS else ""
    return mark, caveat.removeprefix(mark).removeprefix("; ")


def loud(caveat: str) -> str:
    """Return a caveat with its mark in capitals."""
    mark, sentence = split_caveat(caveat)
    return "; ".join(filter(None, [mark.upper(), sentence]))


def with_nouns(text: str, singular: str, plural: str) -> str:
    """Return a text with the nouns of a dataset in place of region and regions.

    Put names of regions in afterwards: they may contain the word.
    """

    def named(match: re.Match[str]) -> str:
        article, word, is_plural = match.groups()
        noun = plural if is_plural else singular
        if word[0] == "R":
            noun = noun[:1].upper() + noun[1:]
        if article and noun[0].lower() in "aeiou":
            article = f"{article.strip()}n "
        return f"{article or ''}{noun}"

    return _REGION.sub(named, text)


def takes_article(name: str, noun: str) -> bool:
    """Return whether a name has an article in a sentence."""
    is_country = noun == "country" and _WITH_ARTICLE.search(name)
    return bool(is_country) or name.startswith("District of ")


def spoken(name: str, noun: str) -> str:
    """Return a name as it stands in a sentence: with its article, if it takes one."""
    return f"the {name}" if takes_article(name, noun) else name


def sentence(note: str) -> str:
    """Return a note of a mart as a sentence."""
    return f"{note[:1].upper()}{note[1:].removesuffix('.')}."


def counted(number: int, word: str) -> str:
    """Return a number with its word: ``1 region``, ``1,200 regions``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def shape_text(shape: tuple[int, ...]) -> str:
    """Return the shape of an array: ``3 x 4``, of a vector ``3 long``."""
    return " x ".join(map(str, shape)) if len(shape) != 1 else f"{shape[0]} long"


def size_text(size: float) -> str:
    """Return a number of bytes with its unit: ``1.4 GB``, ``12.0 MB``."""
    for unit, word in _SIZES:
        if size >= unit:
            return f"{size / unit:,.1f} {word}"
    return f"{size:.0f} bytes"


def sql_name(name: str) -> str:
    """Return a name as SQL quotes it: ``"a ""name"" of any characters"``."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(value: object) -> str:
    """Return the text of a value, such as a path, as SQL quotes it: ``'it''s'``."""
    return "'" + str(value).replace("'", "''") + "'"


def sql_comment(text: str) -> str:
    """Return the comment of a table or a column as SQL quotes it, NULL without one."""
    return sql_text(text) if text else "null"


def has_control(text: str) -> bool:
    """Return whether a text has characters that no page, picture or terminal shows.

    These are control characters of Unicode but tab and line ends, and noncharacters.
    """
    return _CONTROL.search(text) is not None


def without_control(text: str) -> str:
    """Return a text with blanks in place of the characters of `has_control`."""
    return _CONTROL.sub(" ", text)


def printable(name: str) -> str:
    """Return the name of a file, which need not be UTF-8, for messages and notes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def folded(text: str) -> str:
    """Return a text for comparison: without case, accents and outer blanks."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or the name of its type."""
    return (str(error) or type(error).__name__).splitlines()[0]
