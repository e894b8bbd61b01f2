"""The scripts as the package has them: files, shared definitions, and the text that is sent to Redis."""

import re
from pathlib import Path
from typing import NamedTuple

SCRIPTS = "Sources/SessionRepository/Scripts"
WRAPPER = "Sources/RedisClient/Scripting/RedisScript.swift"


class Definition(NamedTuple):
    name: str
    names: frozenset[str]
    words: frozenset[str]
    text: str
    # Where its code is in the file: from, and up to before.
    start: int
    end: int


class Scripts:
    def __init__(self, root: Path):
        folder = root / SCRIPTS
        self.bodies = {path.stem: path.read_text() for path in sorted(folder.glob("*.lua")) if path.stem != "common"}
        self.common = (folder / "common.lua").read_text()
        wrapper = (root / WRAPPER).read_text()
        self._head, self._tail = _constant(wrapper, "head"), _constant(wrapper, "tail")
        self.definitions = definitions(self.common)

    def sent(self, name: str, body: str | None = None, common: str | None = None) -> str:
        """What RedisScript makes of it."""
        body = self.bodies[name] if body is None else body
        shared = self.definitions if common is None else definitions(common)
        return self._head + needed(shared, body) + body + self._tail

    def users(self, definition: Definition) -> list[str]:
        """The scripts that carry it."""
        return [
            name for name, body in self.bodies.items() if definition.text + "\n" in needed(self.definitions, body)
        ]


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def definitions(common: str) -> list[Definition]:
    """As LuaPrelude divides it."""
    blocks: list[list[tuple[int, str]]] = []
    position = 0
    for line in common.split("\n"):
        if line and not line.startswith("--"):
            if line.startswith("local "):
                blocks.append([])
            if blocks:
                blocks[-1].append((position, line))
        position += len(line) + 1
    found = []
    for block in blocks:
        lines = [line for _, line in block]
        names = _words(re.split(r"[=(]", lines[0])[0]) - {"local", "function"}
        text = "\n".join(lines)
        end = block[-1][0] + len(lines[-1])
        found.append(Definition(min(names), names, _words(text), text, block[0][0], end))
    return found


def needed(shared: list[Definition], body: str) -> str:
    wanted = set(_words(body))
    chosen = []
    for definition in reversed(shared):
        if definition.names & wanted:
            wanted |= definition.words
            chosen.append(definition.text + "\n")
    return "".join(reversed(chosen))


def _constant(swift: str, name: str) -> str:
    match = re.search(rf'static let {name} =\s*"((?:\\.|[^"\\])*)"', swift)
    if not match:
        raise SystemExit(f"{WRAPPER} has no constant {name} any more: see scripts/mutate/lua_scripts.py")
    return match.group(1).replace("\\n", "\n").replace('\\"', '"')
