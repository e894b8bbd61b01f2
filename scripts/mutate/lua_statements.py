"""Statements that stand on lines of their own, so that one can be taken out."""

from typing import Iterator

from lua_tokens import Token, line_of

OPENING = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
BLOCKS = {"function": 1, "then": 1, "do": 1, "repeat": 1, "end": -1, "until": -1, "elseif": -1}
# A statement does not begin with these, and does not end with the second ones.
NOT_FIRST = frozenset("end else elseif until and or .. + - * / ) } ] = ==".split())
NOT_LAST = frozenset("= , and or not .. + - * / == ~= < > <= >= (".split())


def lines(source: str, found: list[Token]) -> list[list[Token]]:
    grouped: dict[int, list[Token]] = {}
    for token in found:
        grouped.setdefault(line_of(source, token.start), []).append(token)
    return [grouped[number] for number in sorted(grouped)]


def statements(source: str, found: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement that is no part of a longer line, opens no block that it does not close, and is no
    declaration: without one, what follows fails at once and proves nothing."""
    rows = lines(source, found)
    row = 0
    while row < len(rows):
        statement = list(rows[row])
        row += 1
        while row < len(rows) and (_is_open(statement) or _goes_on(statement, rows[row])):
            statement += rows[row]
            row += 1
        first = statement[0].text
        if first in NOT_FIRST or first in ("local", "function") or _blocks(statement) != 0:
            # Its inner lines may be statements too, as in a function that is an argument.
            row -= _rows_after_first(source, statement)
            continue
        yield statement


def _rows_after_first(source: str, statement: list[Token]) -> int:
    return len({line_of(source, token.start) for token in statement}) - 1


def _is_open(statement: list[Token]) -> bool:
    return sum(OPENING.get(token.text, 0) for token in statement if token.kind == "operator") > 0


def _goes_on(statement: list[Token], following: list[Token]) -> bool:
    return statement[-1].text in NOT_LAST or following[0].text in ("and", "or", "..", "+", "*", "/", "==")


def _blocks(statement: list[Token]) -> int:
    return sum(BLOCKS.get(token.text, 0) for token in statement if token.kind == "keyword")
