"""The table at the end."""

from results import Result

TARGET = 0.95
HEADING = "{:28} {:>7} {:>7} {:>7} {:>7} {:>9} {:>8} {:>7}"


class Row:
    def __init__(self) -> None:
        self.mutants = self.killed = self.late = self.explained = self.survived = 0

    @property
    def score(self) -> float | None:
        decided = self.killed + self.late + self.survived
        return (self.killed + self.late) / decided if decided else None

    def text(self, name: str) -> str:
        score = "-" if self.score is None else f"{self.score:.1%}"
        tested = self.killed + self.late + self.survived
        numbers = (self.mutants, tested, self.killed, self.late, self.explained, self.survived)
        return HEADING.format(name, *numbers, score)


def write(keys: list[str], results: dict[str, Result], explained: dict[str, str]) -> bool:
    """Prints it. Returns whether enough mutants died."""
    rows: dict[str, Row] = {}
    total = Row()
    survivors, late = [], []
    for key in sorted(keys):
        row = rows.setdefault(key.split(":")[0].split(".")[0], Row())
        for counted in (row, total):
            counted.mutants += 1
            if result := results.get(key):
                counted.killed += result.verdict == "killed"
                counted.late += result.verdict == "late"
                counted.survived += result.verdict == "survived" and key not in explained
            counted.explained += key in explained and (not result or result.verdict == "survived")
        if result := results.get(key):
            if result.verdict == "survived" and key not in explained:
                survivors.append(result)
            elif result.verdict == "late":
                late.append(result)
    for title, found in (("Ran out of time, which counts as killed", late), ("Survived", survivors)):
        if found:
            print(f"\n{title}:")
        for result in found:
            print(f"\n{result.key}  {result.place}\n{result.diff}")
    titles = ("mutants", "tested", "killed", "late", "explained", "survived", "score")
    print("\n" + HEADING.format("", *titles))
    for name, row in rows.items():
        print(row.text(name))
    print(total.text("all"))
    return total.score is not None and total.score >= TARGET
