"""What became of each mutant, in a file that a later run can go on from."""

import json
import threading
from pathlib import Path
from typing import NamedTuple

EXPLAINED = Path(__file__).with_name("explained.txt")


class Result(NamedTuple):
    key: str
    # killed, late or survived
    verdict: str
    seconds: float
    # The test that failed.
    reason: str
    # file:line, and what was changed.
    place: str
    diff: str


class Results:
    def __init__(self, path: Path, resume: bool):
        self._path = path
        self._lock = threading.Lock()
        self.all: dict[str, Result] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if resume and path.exists():
            for line in path.read_text().splitlines():
                try:
                    result = Result(*json.loads(line))
                except (ValueError, TypeError):
                    # The run was ended while it wrote.
                    continue
                self.all[result.key] = result
        else:
            path.write_text("")

    def add(self, result: Result) -> None:
        with self._lock:
            self.all[result.key] = result
            with self._path.open("a") as file:
                file.write(json.dumps(result) + "\n")


def explained() -> dict[str, str]:
    """The mutants that may live, and why."""
    lines = EXPLAINED.read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines if line.strip() and not line.startswith("#"))
