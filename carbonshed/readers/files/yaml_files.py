"""YAML written by people: every scalar is text, no key occurs twice, no alias.

YAML guesses types: ``NO`` is false, ``010`` is 8, ``1_000`` a number. Labels must not
be guessed at, so all scalars are kept as text and parsed where they are used.
"""

from pathlib import Path
from typing import Any

import yaml

from carbonshed.dataset.fields import FieldError, parse_boolean
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import read_text
from carbonshed.text import listing, suggestion


class _Loader(yaml.BaseLoader):
    """Keeps scalars as text; refuses aliases and a key that occurs twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node:
        """Return the next node; the arguments are PyYAML's."""
        # a few aliases of aliases stand for more text than any memory holds
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(
                None,
                None,
                f"the alias *{event.anchor} (line {event.start_mark.line + 1}) stands "
                "for something written elsewhere; write the value out",
                None,
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return a mapping; ``deep`` as PyYAML has it."""
        keys = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", node.start_mark
                )
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds one mapping.

    Raises
    ------
    CarbonshedError
        If it is missing, not UTF-8, not YAML, or not a mapping.
    """
    text = read_text(path)
    try:
        content = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise CarbonshedError(f"{path.name}: not YAML: {_reason(error)}") from None
    except (RecursionError, ValueError, TypeError):
        raise CarbonshedError(
            f"{path.name}: not a plain YAML file: nested too deeply, or with keys that "
            "are no words"
        ) from None
    if not isinstance(content, dict):
        raise CarbonshedError(
            f"{path.name}: expected `key: value` lines, found "
            f"{'nothing' if not content else 'a list or a text'}"
        )
    return content


class Node:
    """A mapping of a YAML file, with its file and path for messages.

    Parameters
    ----------
    file, path
        Name of the file, and the keys that lead here.
    content
        The mapping.
    keys
        The keys it may have; None if any.
    """

    def __init__(
        self, file: str, path: str, content: Any, keys: tuple[str, ...] | None
    ) -> None:
        self.file, self.path = file, path
        if not isinstance(content, dict):
            raise self.refuse("", content, "`key: value` lines")
        for key in content:
            if not isinstance(key, str) or (keys is not None and key not in keys):
                known = keys or ()
                raise CarbonshedError(
                    f"{file}: `{self.name(str(key))}` is not a key of a map"
                    f"{suggestion(key, known)}; expected one of {listing(known)}"
                )
        self.content: dict[str, Any] = content

    def name(self, key: str) -> str:
        """Return the keys that lead to `key`."""
        return ".".join(part for part in (self.path, key) if part)

    def refuse(self, key: str, found: Any, expected: str) -> CarbonshedError:
        """Return the refusal of what was found at `key`."""
        shown = "is missing" if found in (None, "") else f"is {str(found)[:60]!r}"
        return CarbonshedError(
            f"{self.file}: `{self.name(key)}` {shown}; expected {expected}"
        )

    def text(self, key: str) -> str | None:
        """Return a text, None if it is missing or empty."""
        found = self.content.get(key)
        if found in (None, ""):
            return None
        if not isinstance(found, str):
            raise self.refuse(key, found, "a text")
        return found

    def flag(self, key: str) -> bool:
        """Return true or false; false if it is missing."""
        written = self.text(key)
        try:
            return False if written is None else parse_boolean(written)
        except FieldError as error:
            raise self.refuse(key, written, str(error)) from None

    def child(self, key: str, keys: tuple[str, ...] | None) -> "Node":
        """Return the mapping at `key`, an empty one if it is missing."""
        content = self.content.get(key)
        content = {} if content in (None, "") else content
        return Node(self.file, self.name(key), content, keys)

    def items(self, key: str, keys: tuple[str, ...]) -> list["Node"]:
        """Return the mappings in the list at `key`, none if it is missing."""
        found = self.content.get(key)
        if found in (None, ""):
            return []
        if not isinstance(found, list):
            raise self.refuse(key, found, "a list")
        return [
            Node(self.file, f"{self.name(key)}[{number}]", item, keys)
            for number, item in enumerate(found, start=1)
        ]


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1})" if mark else problem
