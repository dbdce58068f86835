"""What dbt makes anew for every node and every test, made once or not at all.

None of it can be seen: lines for a log that nobody writes, templates of the same text,
settings that were found valid, and the names of all macros, looked up one by one.
`make`, `make soak` and the tests of macros run dbt as it is.
"""

import functools
import json
from collections.abc import Iterable
from types import CodeType

from agate import TypeTester
from dbt.clients.jinja import MacroGenerator
from dbt.context.macros import MacroNamespace
from dbt.context.manifest import ManifestContext
from dbt_common.clients import agate_helper
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager


def make_lean() -> None:
    """Change dbt in this process and in those that it forks."""
    EventManager.fire_event = _fire_event
    BaseEvent.__init__, BaseEvent.__getattr__ = _keep_words, _find
    agate_helper.build_type_tester = _type_tester
    agate_helper.empty_table = functools.cache(agate_helper.empty_table)
    MacroFuzzEnvironment.compile = _compile
    dbtClassMixin.validate = classmethod(_validate)
    ManifestContext.to_dict = _to_dict
    MacroGenerator.__init__ = _init_macro_generator


_fire_in_full = EventManager.fire_event
_UNSEEN = (EventLevel.DEBUG, EventLevel.TEST)


def _fire_event(
    self: EventManager, e: BaseEvent, level: EventLevel | None = None, *more, **also
) -> None:
    """Leave out what is below the level of every log; dbt's callback hears warnings."""
    is_seen = (level or e.level_tag()) not in _UNSEEN
    if is_seen or any(log.level in _UNSEEN for log in self.loggers):
        _fire_in_full(self, e, level, *more, **also)


_make_message = BaseEvent.__init__


def _keep_words(self: BaseEvent, *words, **named) -> None:
    """Keep what an event says, for most are not heard."""
    object.__setattr__(self, "words", (words, named))


def _find(self: BaseEvent, name: str) -> object:
    """Make the message when somebody asks for it."""
    if name != "pb_msg":
        return getattr(self.pb_msg, name)
    words, named = self.words
    _make_message(self, *words, **named)
    return self.__dict__[name]


_make_tester = agate_helper.build_type_tester
_testers: dict[tuple, TypeTester] = {}


def _type_tester(
    text_columns: Iterable[str], string_null_values: tuple[str, ...] = ("null", "")
) -> TypeTester:
    """Return what finds the types of columns in an answer of the database."""
    key = (*text_columns,), string_null_values
    if key not in _testers:
        _testers[key] = _make_tester(*key)
    return _testers[key]


_compile_anew = MacroFuzzEnvironment.compile
_codes: dict[str, CodeType] = {}


def _compile(self: MacroFuzzEnvironment, source: str, *more, **also) -> CodeType:
    """Compile a template of dbt, which has no name, once."""
    assert not more
    assert not also
    code = _codes.get(source)
    if code is None:
        code = _codes[source] = _compile_anew(self, source)
    return code


_validate_anew = dbtClassMixin.validate.__func__
_valid: set[tuple[type, str]] = set()


def _validate(cls: type, data: object) -> None:
    """Validate what was not found valid before."""
    try:
        key = cls, json.dumps(data)
    except TypeError:
        _validate_anew(cls, data)
        return
    if key not in _valid:
        _validate_anew(cls, data)
        _valid.add(key)


_to_dict_of_parent = super(ManifestContext, ManifestContext).to_dict


def _to_dict(self: ManifestContext) -> dict[str, object]:
    """Add the macros; the first of a name counts, as where one is looked up."""
    words = _to_dict_of_parent(self)
    if isinstance(self.namespace, MacroNamespace):
        for macros in reversed(list(self.namespace._search_order())):
            words.update(macros)
    else:
        words.update(self.namespace.local_namespace)
        words.update(self.namespace.project_namespace)
    return words


def _init_macro_generator(self, macro, context=None, node=None, stack=None) -> None:
    self.context, self.macro, self.node, self.stack = context, macro, node, stack
