"""One run of tests, which ends with the first failure."""

import os
import re
import signal
import subprocess
import threading
import time
from typing import NamedTuple

# What swift-testing ends with where no test matches.
NO_TESTS = 69


class Outcome(NamedTuple):
    # passed, failed, late or empty
    word: str
    seconds: float
    # The line that says what failed.
    reason: str = ""


def run(command: list[str], environment: dict[str, str], limit: float, folder: str) -> Outcome:
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        process.kill()
        # Or what it left would keep its output open.
        _end_session(process.pid)

    timer = threading.Timer(limit, give_up)
    timer.start()
    reason = last = ""
    with process.stdout:
        for line in process.stdout:
            line = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
            last = line or last
            if "recorded an issue" in line:
                reason = line
                process.kill()
                break
        status = process.wait()
    timer.cancel()
    _end_session(process.pid)
    seconds = time.monotonic() - began
    if reason:
        return Outcome("failed", seconds, reason)
    if is_late.is_set():
        return Outcome("late", seconds, last)
    if status == NO_TESTS or "Test run with 0 tests" in last:
        return Outcome("empty", seconds)
    return Outcome("passed", seconds) if status == 0 else Outcome("failed", seconds, f"status {status}: {last}")


def _end_session(number: int) -> None:
    """Ends what the tests' process has started and left, such as a tool. Its servers end by themselves."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,sess="], stdout=subprocess.PIPE, text=True).stdout
    for line in listed.splitlines():
        pid, session = line.split()[:2]
        if session == str(number):
            try:
                os.kill(int(pid), signal.SIGTERM)
            except ProcessLookupError:
                pass
