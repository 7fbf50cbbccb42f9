"""An input device that is not there: umockdev lets the real evtest and libinput record made-up events."""

import os
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

NODE = "/dev/input/event5"
KEYS = (*range(1, 120), 125, 126, 127, 240, 272, 273, 274, 275, 276)
RELATIVE = (0, 1, 6, 8, 11, 12)
ABSOLUTE = (0, 1)
#: Bytes that a program asks for when it wants the codes of each type of event.
EVTEST_SIZES = dict.fromkeys(range(1, 32), 767) | {0: 31}
LIBEVDEV_SIZES = dict.fromkeys(range(1, 32), 8) | {0: 8, 1: 96, 21: 16}
_DEVICE = """P: /devices/virtual/input/input5/event5
N: input/event5
E: DEVNAME=/dev/input/event5
E: ID_INPUT=1
E: ID_INPUT_KEYBOARD=1
E: ID_INPUT_MOUSE=1
E: MAJOR=13
E: MINOR=69
E: SUBSYSTEM=input
A: dev=13:69
L: device=../../input5

P: /devices/virtual/input/input5
E: ID_INPUT=1
E: NAME="Made up"
E: PRODUCT=3/1/1/100
E: SUBSYSTEM=input
A: name=Made up

"""

Event = tuple[int, int, int, int]  # time in microseconds, type, code, value
#: umockdev reads microseconds that begin with 0 as octal numbers.
START_US = 1_700_000_000_100_000


def required(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: umockdev, evtest, libinput-tools)")


def _bits(codes: Sequence[int], size: int) -> str:
    held = bytearray(size)
    for code in codes:
        held[code // 8] |= 1 << (code % 8)
    return held.hex().upper()


def _answers(sizes: dict[int, int], name_size: int, *, absolute: bool) -> str:
    """Return what the kernel would answer about the device."""
    axes = ABSOLUTE if absolute else ()
    codes = {1: KEYS, 2: RELATIVE, 3: axes, 4: (4,)}
    name = b"Made up".ljust(name_size, b"\0").hex().upper()
    lines = [
        f"@DEV {NODE}",
        f"EVIOCGBIT(0) 8 {_bits([0, *(kind for kind, held in codes.items() if held)], sizes[0])}",
        *(f"EVIOCG{what}(0) 8 {name}" for what in ("NAME", "PHYS", "UNIQ")),
        "EVIOCGID 0 0300010001000001",
        "EVIOCGVERSION 0 01000100",
        f"EVIOCGPROP(0) 8 {_bits([], 256 if sizes[0] == EVTEST_SIZES[0] else 8)}",
        *(
            f"EVIOCGBIT({n}) {sizes[n]} {_bits(codes.get(n, ()), sizes[n])}"
            for n in sizes
            if n not in {0, 20}
        ),
        *(f"EVIOCG{what}(0) {size} {'00' * size}" for what, size in (("KEY", 96), ("LED", 8), ("SW", 8))),
    ]
    for axis in axes:
        content = struct.pack("<6i", 500 + axis, 0, 32767, 0, 0, 0).hex().upper()
        lines.append(f"EVIOCGABS{f'({axis})' if axis else ''} 0 {content}")
    return "\n".join([*lines, "EVIOCGREP 0 FA00000021000000", ""])


def _record(
    folder: Path, events: Sequence[Event], answers: str, command: Sequence[str], *, n_lines: Callable[[], int]
) -> None:
    """Run a recorder on the device until it has written a line for each event."""
    required("umockdev-run", command[0])
    assert all(time_us % 1_000_000 >= 100_000 for time_us, *_ in events)
    (folder / "device").write_text(_DEVICE)
    (folder / "answers").write_text(answers)
    (folder / "events").write_text(
        "".join(
            f"E: {time_us // 1_000_000}.{time_us % 1_000_000:06d} {kind:04X} {code:04X} {value}\n"
            for time_us, kind, code, value in events
        )
    )
    mocked = ["umockdev-run", "-d", "device", "-i", f"{NODE}=answers", "-e", f"{NODE}=events", "--"]
    with (folder / "printed").open("wb") as printed:
        running = subprocess.Popen(
            [*mocked, *command], cwd=folder, stdout=printed, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while n_lines() < len(events) and time.monotonic() < deadline and running.poll() is None:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        running.wait(20)


def evtest(folder: Path, events: Sequence[Event], *, absolute: bool = False) -> Path:
    """Return what evtest prints of some events."""
    printed = folder / "printed"
    _record(
        folder, events, _answers(EVTEST_SIZES, 256, absolute=absolute), ["evtest", NODE],
        n_lines=lambda: printed.read_text().count("\nEvent: time"),
    )  # fmt: skip
    return printed.rename(folder / "evtest.txt")


def libinput_record(folder: Path, events: Sequence[Event], *options: str, absolute: bool = False) -> Path:
    """Return what libinput record writes of some events."""
    written = folder / "recorded.yml"
    _record(
        folder, events, _answers(LIBEVDEV_SIZES, 255, absolute=absolute),
        ["libinput", "record", *options, "-o", written.name, NODE],
        n_lines=lambda: written.read_text().count("    - [") if written.exists() else 0,
    )  # fmt: skip
    return written
