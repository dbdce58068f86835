"""YAML written by people, checked by models that name file, line and keys.

Every scalar is text, no key occurs twice, and there is no alias.

YAML guesses types: ``NO`` is false, ``010`` is 8, ``1_000`` a number. Labels must not
be guessed at, so all scalars are kept as text and parsed where they are used.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import read_text
from carbonshed.text import first_line, listing, suggestion

_EXPECTED = {
    "missing": "a value",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "`key: value` lines",
}


class LinedDict(dict[str, Any]):
    """A mapping of a YAML file, with the line of each key."""

    def __init__(self, content: Mapping[str, Any], lines: dict[str, int]) -> None:
        super().__init__(content)
        self.lines = lines


class LinedList(list[Any]):
    """A list of a YAML file, with the line of each item."""

    def __init__(self, content: Collection[Any], lines: list[int]) -> None:
        super().__init__(content)
        self.lines = lines


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
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in lines:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", key.start_mark
                )
            lines[key.value] = key.start_mark.line + 1
        return LinedDict(super().construct_mapping(node, deep), lines)

    def construct_sequence(self, node: yaml.SequenceNode, deep: bool = False) -> list:
        """Return a list; ``deep`` as PyYAML has it."""
        lines = [item.start_mark.line + 1 for item in node.value]
        return LinedList(super().construct_sequence(node, deep), lines)


def read_yaml(path: Path) -> "YamlFile":
    """Read a YAML file that holds one mapping, and refuse any other."""
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
    return YamlFile(path.name, content)


class ExpectedError(ValueError):
    """A value that does not fit; `key` is one of the mapping that is being checked."""

    def __init__(
        self, expected: str, key: str | None = None, value: object = None
    ) -> None:
        super().__init__(expected)
        self.key, self.value = key, value


class UnknownKeyError(ValueError):
    """A key that a mapping may not have."""

    def __init__(self, key: object, keys: Collection[str]) -> None:
        super().__init__("another key")
        self.key, self.keys = str(key), keys


class Part(BaseModel):
    """A mapping of a YAML file: every scalar is a text, an empty one is missing.

    The text of a `ValueError` that a validator raises continues "expected ...".
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    @classmethod
    def check_keys(cls, content: Mapping[Any, Any]) -> None:
        """Refuse a key that is none of the fields."""
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        refuse_other_keys(content, keys)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, content: Any) -> Any:
        if is_missing(content):
            return {}
        if not isinstance(content, dict):
            raise ExpectedError("`key: value` lines")
        cls.check_keys(content)
        return {key: item for key, item in content.items() if not is_missing(item)}


_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class YamlFile:
    """A YAML file of one mapping, to be checked by models."""

    name: str  # the name of the file
    content: dict[str, Any]

    def check(
        self, model: type[_Model], content: dict[str, Any] | None = None
    ) -> _Model:
        """Return the file, or `content` made from it, as a model.

        The refusal names file, line and keys of the first field that does not fit, its
        value and what is expected: the description of the field, if it has one.
        """
        try:
            return model.model_validate(self.content if content is None else content)
        except ValidationError as error:
            raise self._explain(error.errors()[0], model) from None

    def check_keys(self, model: type[Part]) -> None:
        """Refuse a key of the file that the model does not have."""
        try:
            model.check_keys(self.content)
        except UnknownKeyError as error:
            raise self._unknown((), error) from None

    def text(self, key: str) -> str | None:
        """Return a text, None if it is missing; refuse a list or a mapping."""
        text = self.content.get(key)
        if is_missing(text):
            return None
        if not isinstance(text, str):
            raise self.refuse((key,), text, "a text")
        return text

    def refuse(
        self, keys: tuple[str | int, ...], value: object, expected: str
    ) -> CarbonshedError:
        """Return the refusal of the value that these keys lead to."""
        path, line = self._locate(keys)
        state = "is missing" if is_missing(value) else f"is {_shown(value)}"
        return self.refusal(f"`{path}` {state}; expected {expected}", line)

    def refusal(self, text: str, line: int | None = None) -> CarbonshedError:
        """Return a refusal of the file, or of a line of it."""
        where = self.name if line is None else f"{self.name}: line {line}"
        return CarbonshedError(f"{where}: {text}")

    def _explain(self, error: Any, model: type[BaseModel]) -> CarbonshedError:
        cause, keys = error.get("ctx", {}).get("error"), error["loc"]
        if isinstance(cause, UnknownKeyError):
            return self._unknown(keys, cause)
        value = None if error["type"] == "missing" else error["input"]
        if isinstance(cause, ExpectedError) and cause.key is not None:
            keys, value = (*keys, cause.key), cause.value
        field = model.model_fields.get(str(keys[0])) if keys else None
        if isinstance(cause, ValueError):
            expected = str(cause)
        elif error["type"] == "literal_error":
            expected = error["ctx"]["expected"].replace("'", "")
        elif field is not None and field.description:
            expected = field.description
        else:
            expected = _EXPECTED.get(error["type"], "a text")
        return self.refuse(keys, value, expected)

    def _unknown(
        self, keys: tuple[str | int, ...], error: UnknownKeyError
    ) -> CarbonshedError:
        path, line = self._locate((*keys, error.key))
        return self.refusal(
            f"`{path}` is not a key of a map{suggestion(error.key, error.keys)}; "
            f"expected one of {listing(error.keys)}",
            line,
        )

    def _locate(self, keys: tuple[str | int, ...]) -> tuple[str, int | None]:
        """Return keys as text, and the line of the last that the file has."""
        path, line, content = "", None, self.content
        for key in keys:
            if isinstance(key, int):
                if not isinstance(content, list):
                    continue  # a single item in place of a list
                path += f"[{key + 1}]"
            else:
                path += f".{key}" if path else key
            try:
                line = content.lines[key]
                content = content[key]
            except (AttributeError, LookupError, TypeError):
                content = None
        return path, line


def refuse_other_keys(content: Mapping[Any, Any], keys: Collection[str]) -> None:
    """Refuse a key that is none of `keys`, by an `UnknownKeyError`."""
    for key in content:
        if key not in keys:
            raise UnknownKeyError(key, keys)


def is_missing(value: object) -> bool:
    """Return whether a value is empty, as it is after a key alone."""
    return value is None or value == ""


def as_list(value: Any) -> list[Any]:
    """Return a list, also of a single item."""
    return value if isinstance(value, list) else [value]


def _shown(value: object) -> str:
    return repr(value[:60]) if isinstance(value, str) else repr(value)[:60]


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or first_line(error)
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1})" if mark else problem
