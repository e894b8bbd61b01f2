"""Lua 5.1 as a list of tokens, without comments: enough to find what can be changed."""

import re
from typing import NamedTuple

KEYWORDS = frozenset(
    "and break do else elseif end false for function if in local nil not or repeat return then true until while".split()
)


class Token(NamedTuple):
    kind: str  # name, keyword, number, string or operator
    text: str
    start: int
    end: int


_PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>--(?:\[(?P<level>=*)\[.*?\](?P=level)\]|[^\n]*))
    | (?P<number>0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
    | (?P<operator>\.\.\.|\.\.|==|~=|<=|>=|[-+*/%^\#<>=(){}\[\];:,.])
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(source: str) -> list[Token]:
    found = []
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        if not match:
            raise ValueError(f"no Lua at {source[position:position + 20]!r}")
        kind = match.lastgroup if match.lastgroup != "level" else "comment"
        if kind == "name" and match.group() in KEYWORDS:
            kind = "keyword"
        if kind not in ("space", "comment"):
            found.append(Token(kind, match.group(), match.start(), match.end()))
        position = match.end()
    return found


def line_of(source: str, position: int) -> int:
    """Counts from 1."""
    return source.count("\n", 0, position) + 1
