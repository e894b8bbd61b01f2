"""Decisions in Swift, as decisions/ lists them (see README.md there), and sources with a switch for each."""

import re
from pathlib import Path
from typing import NamedTuple

LISTS = Path(__file__).with_name("decisions")


class Decision(NamedTuple):
    # What SESSION_MUTANT names it by.
    number: int
    name: str
    file: str
    suites: str
    why: str
    # Text of the file before, in and behind the marks.
    before: str
    original: str
    behind: str
    replacement: str

    @property
    def pattern(self) -> re.Pattern[str]:
        parts = (self.before, self.original, self.behind)
        # Lines may be indented otherwise by now.
        return re.compile("".join(f"({_text(part)})" for part in parts))

    @property
    def switched(self) -> str:
        if self.replacement:
            return f"(Mutant.isOn({self.number}) ? ({self.replacement}) : ({self.original}))"
        return f"if !Mutant.isOn({self.number}) {{ {self.original} }}"


def read() -> list[Decision]:
    found: list[Decision] = []
    text = "\n".join(path.read_text() for path in sorted(LISTS.glob("*.txt")))
    for block in re.split(r"\n(?=\[)", "\n" + text)[1:]:
        # What follows a blank line is a heading.
        lines = block.split("\n\n")[0].splitlines()
        head = re.fullmatch(r"\[([a-z0-9-]+)\] (\S+)", lines[0])
        fields = dict(line.split(" ", 1) for line in lines[1:] if line.startswith(("suites ", "why ")))
        quoted = "\n".join(line[2:] for line in lines[1:] if line.startswith("- "))
        marked = re.fullmatch(r"(.*)«(.*)»(.*)", quoted, re.DOTALL)
        replacements = [line[1:].strip() for line in lines[1:] if line.startswith("+")]
        if not head or not marked or len(replacements) != 1 or fields.keys() != {"suites", "why"}:
            raise SystemExit(f"decisions: cannot read {lines[0]}")
        found.append(
            Decision(len(found) + 1, *head.groups(), fields["suites"], fields["why"], *marked.groups(), *replacements)
        )
    names = [decision.name for decision in found]
    for name in {name for name in names if names.count(name) > 1}:
        raise SystemExit(f"decisions: two are called {name}")
    return found


def stale(decisions: list[Decision], root: Path) -> list[str]:
    """What is wrong with those whose text does not occur exactly once."""
    problems = []
    for decision in decisions:
        path = root / decision.file
        count = len(decision.pattern.findall(path.read_text())) if path.is_file() else 0
        if count != 1:
            where = f"occurs {count} times in {decision.file}" if path.is_file() else f"{decision.file} is not there"
            problems.append(f"{decision.name}: {where}")
    return problems


def line(decision: Decision, root: Path) -> int:
    source = (root / decision.file).read_text()
    match = decision.pattern.search(source)
    return source.count("\n", 0, match.start(2)) + 1 if match else 0


def switch(source: str, decisions: list[Decision]) -> str:
    """The source of one file with its decisions behind switches."""
    for decision in decisions:
        source = decision.pattern.sub(lambda match: match[1] + decision.switched + match[3], source, count=1)
    return source


def _text(part: str) -> str:
    return r"\n\s*".join(re.escape(line) for line in part.split("\n"))
