"""A copy of the working tree in which decisions can be switched and scripts are read when a process starts.

Only what differs is written, so that a second build compiles little."""

import os
import re
import subprocess
from pathlib import Path

from decisions import Decision, switch

SWITCH = Path(__file__).with_name("Mutant.swift")


class Workspace:
    def __init__(self, root: Path):
        self.root = root
        self.folder = root / ".build-mutate"
        self.tree = self.folder / "tree"

    def prepare(self, decisions: list[Decision]) -> None:
        wanted = {name: (self.root / name).read_bytes() for name in self._names()}
        wanted["Sources/RedisClient/Mutant.swift"] = SWITCH.read_bytes()
        for name, content in wanted.items():
            if name.startswith("Sources/") and name.endswith(".swift"):
                changed = self._changed(name, content.decode(), decisions)
                wanted[name] = changed.encode()
        for name, content in wanted.items():
            path = self.tree / name
            if not path.is_file() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                path.chmod((self.root / name).stat().st_mode if (self.root / name).is_file() else 0o644)
        self._remove_others(set(wanted))

    def build(self) -> None:
        subprocess.run(["swift", "build", "--build-tests"], cwd=self.tree, stdin=subprocess.DEVNULL, check=True)

    def command(self) -> list[str]:
        """What runs tests, without what is to be run. On Linux the tests' program itself: `swift test` takes seconds
        before it starts it, and lets no two run at once."""
        path = subprocess.run(
            ["swift", "build", "--show-bin-path"], cwd=self.tree, stdin=subprocess.DEVNULL, check=True,
            stdout=subprocess.PIPE, text=True,
        ).stdout.strip()  # fmt: skip
        programs = [program for program in Path(path).glob("*.xctest") if program.is_file()]
        if programs:
            return [str(programs[0]), "--testing-library", "swift-testing"]
        return ["swift", "test", "--skip-build", "--ignore-lock"]

    def _names(self) -> list[str]:
        listed = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"], cwd=self.root, check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        # With the versions of dependencies that the working tree has, if any.
        names = [*listed.split("\0"), "Package.resolved"]
        return [name for name in names if name and (self.root / name).is_file()]

    def _changed(self, name: str, source: str, decisions: list[Decision]) -> str:
        changed = switch(source, [decision for decision in decisions if decision.file == name])
        changed = re.sub(r"\bPackageResources\.(\w+)_lua\b", r'Mutant.script("\1", \g<0>)', changed)
        is_elsewhere = not name.startswith("Sources/RedisClient/")
        if changed != source and is_elsewhere and not re.search(r"^(\w+ )?import RedisClient$", source, re.MULTILINE):
            changed = "import RedisClient\n" + changed
        return changed

    def _remove_others(self, wanted: set[str]) -> None:
        for folder, folders, files in os.walk(self.tree):
            folders[:] = [name for name in folders if not name.startswith(".build")]
            for file in files:
                path = Path(folder) / file
                name = str(path.relative_to(self.tree))
                if name not in wanted and name != "Package.resolved":
                    path.unlink()
