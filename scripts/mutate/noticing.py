"""Which suites should notice a change: first those that are about it, then all that could."""

import re
from pathlib import Path
from typing import Iterable

TESTS = "Tests"

# Words that begin names of suites.
SCRIPTS = {
    "begin_login": "LoginOrder|LoginConformance|EveryoneOut",
    "check_grant_session": "GrantStanding|SupportSession|ForeignRecord|WrongType",
    "create_session": "CreateSession|SessionLimit|LoginOrder|SupportSession|Default|DelayedDuplicate",
    "delete_expired_grants": "ListGrants|GrantLife|WrongType",
    "elevate_session": "Update",
    "enter_admin_grant": "AdministratorIndex|GrantChangeConformance",
    "find_active_sessions": "Paging|ListSessions|CreateWhileListing|CorruptRecord|WrongType",
    "invalidate_chain": "RefreshTokenChain|ChainLifetime|WrongType|LostWrite",
    "list_grant_ids": "AdministratorIndex|GrantChangeConformance|WrongType",
    "list_grants": "ListGrants|WrongType",
    "raise_everyone": "EveryoneOut|LoginOrder|LateRepetition|LoginConformance",
    "register_grant_session": "GivenAwayGrant|SupportSession|GrantStanding|GrantLife|ForeignRecord|WrongType",
    "renew_session": "InterruptedRenewal|SessionConformance|LoginOrder|Default|SessionLife|ForeignRecord|CorruptRecord",
    "repeat_bulk_termination": "LateRepetition|LostWrite|TerminateAll|HeldBack",
    "repeat_evictions": "LostWrite|LateRepetition|SessionLimit",
    "repeat_grant_saving": "LostNarrowing|LateRepetition|SaveGrant|GivenAwayGrant",
    "revoke_grant": "RevokeGrant|AdministratorIndex|GrantLife|WrongType|LostWrite",
    "rotate_refresh_token": "Rotation|RefreshTokenChain|ChainLifetime|ForeignRecord|Default",
    "save_grant": "SaveGrant|GivenAwayGrant|GrantChangeConformance|GrantLife|ListGrants|GrantStanding|ForeignRecord|WrongType",
    "shorten_session": "SaveGrant|SupportSession|LostNarrowing|GrantLife",
    "terminate_all_sessions": "TerminateAll|ChainLifetime|LoginOrder|BulkTermination|WrongType",
    "terminate_session": "TerminateSession|TerminatedLookup|ChainLifetime|WrongType|CorruptRecord|LostWrite",
    "terminate_superseded": "EveryoneOut|LateRepetition|LoginOrder|LostWrite",
    "terminate_superseded_session": "EveryoneOut|LateRepetition",
    "touch_session": "Touch|Activity|SessionLife|Default|ForeignRecord|CorruptRecord",
    "update_session": "Update",
}

# Folders of Tests whose suites know what the scripts do.
CONTRACT = [
    "IntegrationTests/Concurrency", "IntegrationTests/Conformance", "IntegrationTests/Durability",
    "IntegrationTests/Events", "IntegrationTests/Memory", "IntegrationTests/Model", "IntegrationTests/Repository",
    "IntegrationTests/Time",
]  # fmt: skip
# Of suites that know what a module's Swift does.
MODULES = {
    "RedisClient": [
        "RedisClientTests", "IntegrationTests/Client", "IntegrationTests/Credentials", "IntegrationTests/Durability",
        "IntegrationTests/NearCache", "IntegrationTests/Topology",
    ],
    "SessionRepository": ["SessionRepositoryTests", "IntegrationTests/Health", "IntegrationTests/NearCache", *CONTRACT],
    "sessionctl": ["SessionctlTests/Units", "SessionctlTests/Tool"],
}  # fmt: skip


class Suites:
    def __init__(self, root: Path):
        self._root = root / TESTS
        self._folders: dict[str, set[str]] = {}
        self._all = self._of([""])

    def of_scripts(self, scripts: tuple[str, ...]) -> list[str]:
        """The filters of the stages, each for `swift test --filter`."""
        # What nearly all scripts carry is noticed by what runs any of them.
        words = "|".join(SCRIPTS[script] for script in scripts[:4] if script in SCRIPTS)
        known = [name for name in self._all if words and re.match(words, name)]
        return [_filter(names) for names in (known, self._of(CONTRACT)) if names]

    def of_decision(self, suites: str, file: str) -> list[str]:
        module = file.split("/")[1]
        return [_filter(suites.split("|")), _filter(self._of(MODULES[module]))]

    def missing(self, decisions: list) -> list[str]:
        """What the tables name and the tests do not have."""
        problems = []
        for script, words in SCRIPTS.items():
            lost = [word for word in words.split("|") if not any(name.startswith(word) for name in self._all)]
            problems += [f"noticing.py: {script}: no suite begins with {word}" for word in lost]
        for decision in decisions:
            lost = [name for name in decision.suites.split("|") if name not in self._all]
            problems += [f"{decision.name}: there is no suite {name}" for name in lost]
        return problems

    def unknown(self, scripts: Iterable[str]) -> list[str]:
        """Not wrong, but slow or idle: scripts that go through every suite, and entries without a script."""
        scripts = set(scripts)
        return [f"noticing.py: {name} has no entry" for name in sorted(scripts - SCRIPTS.keys())] + [
            f"noticing.py: there is no script {name} any more" for name in sorted(SCRIPTS.keys() - scripts)
        ]

    def _of(self, folders: list[str]) -> list[str]:
        return sorted(set().union(*(self._in(folder) for folder in folders)))

    def _in(self, folder: str) -> set[str]:
        if folder not in self._folders:
            names: set[str] = set()
            for path in (self._root / folder).rglob("*.swift"):
                source = path.read_text()
                if "@Test" in source:
                    names |= set(re.findall(r"^\s*(?:struct|final class) (\w+(?:Tests|Conformance))\b", source, re.M))
            self._folders[folder] = names
        return self._folders[folder]


def _filter(names: list[str]) -> str:
    return f"[./]({'|'.join(names)})/"
