"""Make recordings with openadapt-capture's own storage, and show how it reads recordings.

Runs under any Python that has the package openadapt-capture, which is far too heavy to be installed for
tests: ``python openadapt_recorder.py make DIR`` writes recordings of two made-up people and one in the
simpler storage, ``python openadapt_recorder.py show FILE...`` prints what the package reads in each.
Everything in the recordings is made up here.
"""

import json
import sys
from pathlib import Path
from typing import Any

START = 1_760_000_000.25


def keys(platform: str) -> list[tuple[bool, dict[str, str | None]]]:
    """Return key events as the observer of an operating system tells them: Shift, H, i, i again, Enter."""
    if platform == "linux":
        from openadapt_capture.input_observer.linux import normalize_xinput_key_event

        strokes = [
            (50, "Shift_L", True), (43, "H", True), (43, "h", False), (50, "Shift_L", False), (31, "i", True),
            (31, "i", True), (31, "i", False), (11, "eacute", True), (11, "eacute", False),
            (36, "Return", True), (36, "Return", False),
        ]  # fmt: skip
        observed = [
            normalize_xinput_key_event(keycode=code, pressed=down, keysym_name=name)
            for code, name, down in strokes
        ]
        fields = [f"{kind}key_{name}" for kind in ("", "canonical_") for name in ("name", "char", "vk")]
        return [(key.pressed, {field: getattr(key, field) for field in fields}) for key in observed]
    from openadapt_capture.input_observer.windows import _key_identity

    strokes = [
        (0xA0, None, True), (72, "H", True), (72, "h", False), (0xA0, None, False), (73, "i", True),
        (73, "i", True), (73, "i", False), (13, None, True), (13, None, False),
    ]  # fmt: skip
    return [(down, _key_identity(code, char)) for code, char, down in strokes]


def actions(platform: str) -> list[dict[str, Any]]:
    """Return the columns of actions, as the recorder hands them to its storage."""
    made: list[dict[str, Any]] = [
        {"name": "move", "mouse_x": 100.5 + step, "mouse_y": -3.25} for step in range(5)
    ]
    place = {"mouse_x": 104.5, "mouse_y": -3.25}
    buttons = ("left", "middle", "x2", "button12")
    made += [
        {"name": "click", **place, "mouse_button_name": button, "mouse_pressed": pressed}
        for button in buttons
        for pressed in (True, False)
    ]
    made += [{"name": "scroll", **place, "mouse_dx": 1.0, "mouse_dy": -2.0}]
    made += [{"name": "press" if down else "release", **identity} for down, identity in keys(platform)]
    return made


def record(folder: Path, platform: str, start: float) -> None:
    """Write ``recording.db`` as the recorder does."""
    from openadapt_capture.db import (
        SQLITE_CAPTURE_JOURNAL_MODE,
        close_capture_session,
        create_db,
        crud,
        finalize_capture_database,
        get_session_for_path,
    )

    folder.mkdir(parents=True)
    path = str(folder / "recording.db")
    engine, _ = create_db(path, journal_mode=SQLITE_CAPTURE_JOURNAL_MODE)
    engine.dispose()
    session = get_session_for_path(path)
    head = {
        "timestamp": start, "monitor_width": 1920, "monitor_height": 1080, "platform": platform,
        "task_description": "a made-up task", "double_click_interval_seconds": 0.5,
        "double_click_distance_pixels": 5.0,
    }  # fmt: skip
    recording = crud.insert_recording(session, head)
    for ordinal, action in enumerate(actions(platform), start=1):
        crud.insert_action_event(
            session, recording, start + 0.0123 * ordinal, {**action, "source_ordinal": ordinal}
        )
    crud.insert_window_event(session, recording, start + 0.001, {"title": "a made-up title", "state": {}})
    close_capture_session(session)
    finalize_capture_database(path)


def store(folder: Path) -> None:
    """Write ``capture.db`` with the simpler storage, raw events and one that sums some up."""
    from openadapt_capture import events
    from openadapt_capture.storage_impl import Capture, CaptureStorage

    folder.mkdir(parents=True)
    down = events.MouseDownEvent(timestamp=START + 0.1, x=5, y=6, button="left")
    up = events.MouseUpEvent(timestamp=START + 0.2, x=5, y=6, button="left")
    click = events.MouseClickEvent(timestamp=START + 0.2, x=5, y=6, button="left", children=[down, up])
    with CaptureStorage(folder / "capture.db") as storage:
        storage.init_capture(
            Capture(id="made-up", started_at=START, platform="darwin", screen_width=2880, screen_height=1800)
        )
        for event in (
            events.MouseMoveEvent(timestamp=START, x=1.5, y=2),
            down,
            up,
            click,
            events.KeyDownEvent(timestamp=START + 0.3, key_char="q", key_vk="12"),
            events.KeyUpEvent(timestamp=START + 0.4, key_char="q", key_vk="12"),
            events.MouseScrollEvent(timestamp=START + 0.5, x=1, y=2, dx=0, dy=1),
        ):
            storage.write_event(event)


def shown(folder: Path) -> list[dict[str, Any]]:
    """Return what the package reads in a recording."""
    from openadapt_capture.capture import CaptureSession

    session = CaptureSession.load(folder)
    try:
        raw = [event.model_dump(mode="json", exclude_none=True) for event in session.raw_events()]
        for _ in session.actions():  # what consumers of recordings ask for
            pass
        return raw
    finally:
        session.close()


def main() -> None:
    """Do what the command line says."""
    what, *paths = sys.argv[1:]
    if what == "make":
        root = Path(paths[0])
        record(root / "p1" / "later", "linux", START + 86_400)
        record(root / "p1" / "sooner", "win32", START)
        record(root / "p2" / "only", "linux", START)
        store(root / "p3" / "only")
    else:
        print(json.dumps([shown(Path(each)) for each in paths]))  # noqa: T201  what it is for


if __name__ == "__main__":
    main()
