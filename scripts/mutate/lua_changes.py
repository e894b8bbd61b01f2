"""What is changed in a Lua text, one place at a time."""

import re
from typing import Iterator, NamedTuple

from lua_statements import statements
from lua_tokens import Token, tokens


class Change(NamedTuple):
    kind: str
    start: int
    end: int
    replacement: str


# The boundary, and the opposite.
COMPARISONS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["~="], "~=": ["=="],
}  # fmt: skip
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*"}
WORDS = {"and": "or", "or": "and", "true": "false", "false": "true"}
FUNCTIONS = {"min": "max", "max": "min"}
BOUNDS = {"'-inf'": "'+inf'", "'+inf'": "'-inf'", "'('": "''"}


def changes(source: str) -> list[Change]:
    found = tokens(source)
    result = list(_tokens(found))
    result += _bare_conditions(found)
    for statement in statements(source, found):
        start, end = statement[0].start, statement[-1].end
        result.append(Change("statement", start, end, "\n" * source.count("\n", start, end)))
    return sorted(set(result), key=lambda change: (change.start, change.end, change.kind, change.replacement))


def apply(source: str, change: Change) -> str:
    return source[: change.start] + change.replacement + source[change.end :]


def _tokens(found: list[Token]) -> Iterator[Change]:
    highest = {name: max(_indices(found, name), default=0) for name in ("KEYS", "ARGV")}
    words = sorted({token.text for place, token in enumerate(found) if _is_returned_word(found, place)})
    for place, token in enumerate(found):
        if token.kind == "operator":
            for other in COMPARISONS.get(token.text, []):
                yield Change("comparison", token.start, token.end, other)
            if token.text in ARITHMETIC and _is_binary(found, place) and not _appends(found, place):
                yield Change("arithmetic", token.start, token.end, ARITHMETIC[token.text])
        elif token.kind == "keyword":
            if token.text in WORDS:
                yield Change("logic", token.start, token.end, WORDS[token.text])
            elif token.text == "not":
                yield Change("logic", token.start, found[place + 1].start, "")
        elif token.kind == "name":
            if token.text in FUNCTIONS and _text(found, place - 2) == "math":
                yield Change("bound", token.start, token.end, FUNCTIONS[token.text])
        elif token.kind == "number":
            yield from _number(found, place, highest)
        elif token.kind == "string":
            yield from _string(found, place, words)


def _number(found: list[Token], place: int, highest: dict[str, int]) -> Iterator[Change]:
    token = found[place]
    array = _text(found, place - 2)
    is_index = _text(found, place - 1) == "[" and _text(found, place + 1) == "]"
    if is_index and array in highest:
        # Another key or argument that there is.
        number = int(token.text)
        other = number + 1 if number < highest[array] else number - 1
        if other > 0:
            yield Change("key" if array == "KEYS" else "argument", token.start, token.end, str(other))
        return
    if not token.text.isdigit() or _appends(found, place - 1):
        return
    number = int(token.text)
    # A millisecond more in a month decides nothing.
    yield Change("number", token.start, token.end, str(number + 1 if number < 100 else 2 * number))
    if number > 0 and not is_index:
        yield Change("number", token.start, token.end, "0")


def _string(found: list[Token], place: int, words: list[str]) -> Iterator[Change]:
    token = found[place]
    content = token.text[1:-1]
    # A command that there is not fails at once; prose decides nothing.
    if _is_command(found, place) or " " in content:
        return
    if token.text in BOUNDS:
        other = BOUNDS[token.text]
    elif _is_returned_word(found, place):
        others = [word for word in words if word != token.text]
        other = min((word for word in others if word > token.text), default=others[0] if others else "'other'")
    elif content == "":
        other = "'other'"
    elif re.fullmatch(r"\w+", content):
        other = f"'{content}_'"
    else:
        other = "''"
    yield Change("string", token.start, token.end, other)


def _bare_conditions(found: list[Token]) -> Iterator[Change]:
    """Conditions without an operator that another change would turn around."""
    for place, token in enumerate(found):
        if token.text not in ("if", "elseif") or token.kind != "keyword":
            continue
        end = next(later for later in range(place, len(found)) if found[later].text == "then")
        condition = found[place + 1 : end]
        if not any(part.text in COMPARISONS or part.text in ("and", "or", "not") for part in condition):
            yield Change("logic", condition[0].start, condition[0].start, "not ")


def _is_binary(found: list[Token], place: int) -> bool:
    before = found[place - 1]
    return before.kind in ("name", "number", "string") or before.text in (")", "]", "}")


def _appends(found: list[Token], place: int) -> bool:
    """Whether this is the plus of `list[#list + 1]`: without the statement nothing is appended, and that is a change of
    its own."""
    return _text(found, place) == "+" and _text(found, place - 2) == "#" and _text(found, place + 2) == "]"


def _is_command(found: list[Token], place: int) -> bool:
    return _text(found, place - 1) == "(" and _text(found, place - 2) in ("call", "pcall", "read")


def _is_returned_word(found: list[Token], place: int) -> bool:
    if found[place].kind != "string" or not re.fullmatch(r"'\w+'", found[place].text):
        return False
    before = _text(found, place - 1)
    return before == "return" or (before == "{" and _text(found, place - 2) in ("return", "="))


def _indices(found: list[Token], name: str) -> Iterator[int]:
    for place, token in enumerate(found):
        if token.text == name and _text(found, place + 1) == "[" and found[place + 2].text.isdigit():
            yield int(found[place + 2].text)


def _text(found: list[Token], place: int) -> str:
    return found[place].text if 0 <= place < len(found) else ""
