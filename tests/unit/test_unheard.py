"""Events of dbt: those for debugging are put into words where somebody listens only."""

import io

import pytest
from dbt.tracking import track_behavior_change_warn
from dbt_common.events import event_manager_client as client
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Note, SystemCouldNotWrite

from carbonshed.warehouse.unheard import leave_out_unheard_events


class _Types:
    """What makes the messages of `Told`: those of a note."""

    Told = Note.PROTO_TYPES_MODULE.Note
    ToldMsg = Note.PROTO_TYPES_MODULE.NoteMsg


class Told(Note):
    """A note that counts how often it was put into words."""

    PROTO_TYPES_MODULE = _Types
    times = 0

    def message(self) -> str:
        type(self).times += 1
        return self.msg


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Give dbt a manager of its own, with a logger of level info."""
    stream = io.StringIO()
    theirs = EventManager()
    _listen(theirs, "info_log", EventLevel.INFO, stream)
    theirs.callbacks.append(track_behavior_change_warn)
    monkeypatch.setattr(client, "_EVENT_MANAGER", theirs)
    monkeypatch.setattr(Told, "times", 0)
    leave_out_unheard_events()
    return stream


def _listen(
    manager: EventManager, name: str, level: EventLevel, stream: io.StringIO
) -> None:
    manager.add_logger(
        LoggerConfig(
            name=name,
            level=level,
            line_format=LineFormat.PlainText,
            output_stream=stream,
        )
    )


def test_what_nobody_wants_is_not_put_into_words(output: io.StringIO) -> None:
    client.get_event_manager().fire_event(Told(msg="a statement"), EventLevel.DEBUG)
    assert Told.times == 0
    assert output.getvalue() == ""


@pytest.mark.parametrize("level", [EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR])
def test_everything_else_arrives(output: io.StringIO, level: EventLevel) -> None:
    client.get_event_manager().fire_event(Told(msg="a model is made"), level)
    assert "a model is made" in output.getvalue()


def test_who_debugs_is_told_all(output: io.StringIO) -> None:
    debugging = io.StringIO()
    _listen(client.get_event_manager(), "debug_log", EventLevel.DEBUG, debugging)
    client.get_event_manager().fire_event(Told(msg="a statement"), EventLevel.DEBUG)
    assert "a statement" in debugging.getvalue()
    assert output.getvalue() == ""


def test_a_callback_is_told_all(output: io.StringIO) -> None:
    told = []
    client.get_event_manager().callbacks.append(told.append)
    client.get_event_manager().fire_event(Told(msg="a statement"), EventLevel.DEBUG)
    assert [message.info.msg for message in told] == ["a statement"]


@pytest.mark.usefixtures("output")
def test_the_manager_is_changed_once_and_keeps_its_loggers() -> None:
    before = client.get_event_manager()
    leave_out_unheard_events()
    assert client.get_event_manager() is before
    assert [logger.name for logger in before.loggers] == ["info_log"]


@pytest.mark.usefixtures("output")
def test_a_message_is_made_when_it_is_read() -> None:
    event = SystemCouldNotWrite(path="a.sql", reason="full", exc="no space")
    assert "pb_msg" not in vars(event)
    eager = SystemCouldNotWrite.PROTO_TYPES_MODULE.SystemCouldNotWrite(
        path="a.sql", reason="full", exc="no space"
    )
    assert event.pb_msg == eager
    assert event.path == "a.sql"
    assert "a.sql" in event.message()
    event.path = "b.sql"
    assert event.to_dict()["path"] == "b.sql"


@pytest.mark.usefixtures("output")
def test_what_no_message_has_is_refused_when_it_is_read() -> None:
    event = SystemCouldNotWrite(colour="red")
    with pytest.raises(Exception, match="colour"):
        event.message()
