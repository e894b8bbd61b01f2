"""The mutants of the Lua scripts: each is one file with one change."""

import difflib
import hashlib
from typing import NamedTuple

from lua_changes import Change, apply, changes
from lua_scripts import Scripts
from lua_server import LuaServer
from lua_tokens import line_of, tokens

# Dies wherever a suite runs the script at all: shows that the change is loaded.
DEAD = "do return redis.error_reply('MUTANT') end "


class LuaMutant(NamedTuple):
    key: str
    # Without the extension: a script, or common.
    file: str
    # Of common.lua, the definition; otherwise the script.
    unit: str
    line: int
    text: str
    diff: str
    # The scripts that run it.
    users: tuple[str, ...]


class Found(NamedTuple):
    mutants: list[LuaMutant]
    # Made, but no Lua.
    unloadable: int
    # Made, but the same text as another one.
    repeated: int


def find(scripts: Scripts) -> Found:
    made, unloadable, repeated = [], 0, 0
    seen: set[tuple[str, str]] = set()
    with LuaServer() as server:
        for mutant in _all(scripts):
            shape = (mutant.file, "".join(mutant.text.split()))
            if shape in seen:
                repeated += 1
                continue
            seen.add(shape)
            if mutant.file == "common":
                sent = scripts.sent(mutant.users[0], common=mutant.text)
            else:
                sent = scripts.sent(mutant.file, body=mutant.text)
            if server.loads(sent):
                made.append(mutant)
            else:
                unloadable += 1
    return Found(made, unloadable, repeated)


def _all(scripts: Scripts) -> list[LuaMutant]:
    result = []
    for name, body in scripts.bodies.items():
        start = _code_start(body)
        dead = Change("script", start, start, DEAD)
        for change in [dead, *changes(body)]:
            result.append(_mutant(name, name, body, change, (name,)))
    for definition in scripts.definitions:
        users = tuple(scripts.users(definition))
        if not users:
            continue
        for change in changes(scripts.common[definition.start : definition.end]):
            moved = change._replace(start=change.start + definition.start, end=change.end + definition.start)
            result.append(_mutant("common", definition.name, scripts.common, moved, users))
    return result


def _mutant(file: str, unit: str, source: str, change: Change, users: tuple[str, ...]) -> LuaMutant:
    text = apply(source, change)
    line = line_of(source, change.start)
    return LuaMutant(
        f"{file if file == unit else f'{file}.{unit}'}:{change.kind}:{_digest(source, change)}",
        file, unit, line, text, _diff(file, source, text), users,
    )  # fmt: skip


def _digest(source: str, change: Change) -> str:
    """Stays the same when other lines change: the line's text, its place among equal ones, and where in it."""
    start = source.rfind("\n", 0, change.start) + 1
    end = (source + "\n").find("\n", change.start)
    line = source[start:end]
    before = source[:start].split("\n").count(line)
    what = f"{line}|{before}|{change.start - start}|{change.end - change.start}|{change.replacement}"
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def _code_start(body: str) -> int:
    return tokens(body)[0].start


def _diff(file: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
