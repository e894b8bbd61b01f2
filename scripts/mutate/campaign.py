"""Runs mutants against the suites that should notice, until all are done or the time is over."""

import hashlib
import os
import re
import shutil
import threading
import time
from pathlib import Path
from typing import NamedTuple

from results import Result, Results
from test_run import Outcome, run
from workspace import Workspace

WIDTH = ["--experimental-maximum-parallelization-width", "16"]
# The tests without a mutant must pass; they are tried so often.
ATTEMPTS = 3
# One run in so many is without a mutant: how often tests fail by chance.
CONTROL = 25


class Mutant(NamedTuple):
    key: str
    place: str
    diff: str
    # Filters: the suites that are about it, then all that could notice.
    stages: list[str]
    # A Lua file's name without the extension, and its text; or the number of a decision.
    file: str = ""
    text: str = ""
    decision: int = 0


class TestsFail(Exception):
    pass


class Campaign:
    def __init__(self, workspace: Workspace, results: Results, jobs: int, minutes: float):
        self._workspace = workspace
        self._command = workspace.command() + WIDTH
        self._results = results
        self._jobs = jobs
        self._end = time.monotonic() + minutes * 60
        self._lock = threading.Lock()
        self._stages: dict[str, threading.Lock] = {}
        # How long each stage takes without a mutant.
        self._durations: dict[str, float] = {}
        self._failure: Exception | None = None
        self._begun = 0
        self.controls = self.false_alarms = 0

    def run(self, mutants: list[Mutant]) -> None:
        waiting = iter(mutants)
        workers = [threading.Thread(target=self._work, args=(waiting, number)) for number in range(self._jobs)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except KeyboardInterrupt:
            print("ends with the mutants that are under way", flush=True)
            self._end = 0
            for worker in workers:
                worker.join()
        if self._failure:
            raise self._failure

    def _work(self, waiting, number: int) -> None:
        folder = self._workspace.folder / f"lua-{number}"
        while time.monotonic() < self._end and not self._failure:
            with self._lock:
                mutant = next(waiting, None)
                self._begun += 1
                is_control = self._begun % CONTROL == 0
            if not mutant:
                return
            try:
                if is_control:
                    self._control(mutant.stages[0])
                result = self._judge(mutant, folder)
            except Exception as error:
                # Also what nobody expected: the others must not go on without this worker.
                self._failure = error
                return
            self._results.add(result)
            print(f"{result.verdict:8} {result.seconds:6.1f} s  {mutant.key}  {mutant.place}", flush=True)

    def _judge(self, mutant: Mutant, folder: Path) -> Result:
        environment = self._environment(mutant, folder)
        seconds = 0.0
        for number, stage in enumerate(mutant.stages):
            outcome = self._outcome(stage, environment, is_long=number > 0)
            seconds += outcome.seconds
            if outcome.word in ("failed", "late"):
                verdict = "killed" if outcome.word == "failed" else "late"
                return Result(mutant.key, verdict, seconds, outcome.reason, mutant.place, mutant.diff)
        return Result(mutant.key, "survived", seconds, "", mutant.place, mutant.diff)

    def _outcome(self, stage: str, environment: dict[str, str], is_long: bool) -> Outcome:
        """Of hundreds of tests at once one may fail by chance: that is no proof, and ends the run before the others."""
        limit = self._limit(stage)
        outcome = self._run(stage, environment, limit)
        for _ in range(ATTEMPTS - 1):
            if not is_long or outcome.word != "failed" or self._fails_again(outcome, environment):
                break
            outcome = self._run(stage, environment, limit)
        return outcome

    def _limit(self, stage: str) -> float:
        return 30 + 4 * self._duration(stage)

    def _fails_again(self, outcome: Outcome, environment: dict[str, str]) -> bool:
        """The suite by itself, where the report names one."""
        file = re.search(r" at (\w+)\.swift:\d+", outcome.reason)
        return not file or self._run(f"[./]{file[1]}/", environment, 300).word != "passed"

    def _control(self, stage: str) -> None:
        outcome = self._run(stage, self._environment(None, Path()), self._limit(stage))
        with self._lock:
            self.controls += 1
            self.false_alarms += outcome.word != "passed"
        if outcome.word != "passed":
            print(f"failed without a mutant: {outcome.reason}", flush=True)

    def _run(self, stage: str, environment: dict[str, str], limit: float) -> Outcome:
        return run([*self._command, "--filter", stage], environment, limit, str(self._workspace.tree))

    def _environment(self, mutant: Mutant | None, folder: Path) -> dict[str, str]:
        # Tests start servers of their own.
        foreign = ("SESSION_REDIS_URL", "SESSION_MUTANT", "SESSION_MUTANT_LUA")
        environment = {name: value for name, value in os.environ.items() if name not in foreign}
        if mutant and mutant.decision:
            environment["SESSION_MUTANT"] = str(mutant.decision)
        elif mutant:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / f"{mutant.file}.lua").write_text(mutant.text)
            environment["SESSION_MUTANT_LUA"] = str(folder)
        return environment

    def _duration(self, stage: str) -> float:
        """Of the stage without a mutant, which must pass: otherwise its failures prove nothing."""
        with self._lock:
            lock = self._stages.setdefault(stage, threading.Lock())
        with lock:
            for attempt in range(ATTEMPTS):
                if stage in self._durations:
                    break
                outcome = self._run(stage, self._environment(None, Path()), 1800)
                if outcome.word == "passed":
                    self._durations[stage] = outcome.seconds
                    print(f"passed   {outcome.seconds:6.1f} s  without a mutant: {stage[:80]}", flush=True)
                elif attempt == ATTEMPTS - 1 or outcome.word == "empty":
                    raise TestsFail(f"without a mutant {stage} {outcome.word}: {outcome.reason}")
        return self._durations[stage]


def in_random_order(mutants: list[Mutant], seed: int) -> list[Mutant]:
    """The same for each seed, also when some come or go."""
    return sorted(mutants, key=lambda mutant: hashlib.sha256(f"{seed}|{mutant.key}".encode()).digest())
