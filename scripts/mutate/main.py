"""Changes the product in one place at a time and sees whether the tests notice: see scripts/mutate.sh."""

import argparse
import sys
from pathlib import Path

import decisions
import lua_mutants
import report
from campaign import Campaign, Mutant, TestsFail, in_random_order
from lua_scripts import SCRIPTS, Scripts
from noticing import Suites
from results import Results, explained
from workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/mutate.sh", description=__doc__)
    parser.add_argument("--lua", action="store_true", help="the scripts only")
    parser.add_argument("--swift", action="store_true", help="the decisions only")
    parser.add_argument("--only", metavar="TEXT", help="those whose key begins so, again: a script, or one mutant")
    parser.add_argument("--list", action="store_true", help="say what would be run, and whether the lists are right")
    parser.add_argument("--jobs", type=int, default=2, help="so many at once (2)")
    parser.add_argument("--minutes", type=float, default=180, help="no mutant begins later (180)")
    parser.add_argument("--seed", type=int, default=1, help="of the order, which decides what is left out (1)")
    parser.add_argument("--resume", action="store_true", help="go on from the last run's results")
    return parser.parse_args()


def swift_mutants(found: list[decisions.Decision], suites: Suites) -> list[Mutant]:
    return [
        Mutant(
            f"swift:{decision.name}", f"{decision.file}:{decisions.line(decision, ROOT)}",
            f"-{decision.original}\n+{decision.replacement}\n # {decision.why}",
            suites.of_decision(decision.suites, decision.file), decision=decision.number,
        )
        for decision in found
    ]  # fmt: skip


def lua_mutants_of(found: lua_mutants.Found, suites: Suites) -> list[Mutant]:
    return [
        Mutant(
            mutant.key, f"{SCRIPTS}/{mutant.file}.lua:{mutant.line}", mutant.diff, suites.of_scripts(mutant.users),
            file=mutant.file, text=mutant.text,
        )
        for mutant in found.mutants
    ]  # fmt: skip


def main() -> int:
    options = arguments()
    both = options.lua == options.swift
    listed = decisions.read()
    suites = Suites(ROOT)
    problems = decisions.stale(listed, ROOT) + suites.missing(listed)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1

    mutants: list[Mutant] = []
    if both or options.swift:
        mutants += in_random_order(swift_mutants(listed, suites), options.seed)
    if both or options.lua:
        scripts = Scripts(ROOT)
        for notice in suites.unknown(scripts.bodies):
            print(notice, file=sys.stderr)
        found = lua_mutants.find(scripts)
        print(f"Lua: {len(found.mutants)} mutants; left out: {found.unloadable} do not load, {found.repeated} twice")
        mutants += in_random_order(lua_mutants_of(found, suites), options.seed)
        if both:
            for key in explained().keys() - {mutant.key for mutant in mutants}:
                print(f"explained.txt: there is no mutant {key} any more", file=sys.stderr)
    if options.only:
        mutants = [mutant for mutant in mutants if mutant.key.startswith(options.only)]
    if options.list:
        for mutant in sorted(mutants, key=lambda mutant: mutant.key):
            print(f"\n{mutant.key}  {mutant.place}\n{mutant.diff}")
        print(f"\n{len(mutants)} mutants")
        return 0

    workspace = Workspace(ROOT)
    workspace.prepare(listed)
    workspace.build()
    # A few that are tried again take nothing from the results of a long run.
    results = Results(workspace.folder / "results.jsonl", options.resume or bool(options.only))
    done = results.all.keys() | explained().keys()
    waiting = [mutant for mutant in mutants if options.only or mutant.key not in done]
    campaign = Campaign(workspace, results, options.jobs, options.minutes)
    try:
        campaign.run(waiting)
    except TestsFail as failure:
        print(failure, file=sys.stderr)
        return 1
    is_enough = report.write([mutant.key for mutant in mutants], results.all, explained())
    print(f"Of {campaign.controls} runs without a mutant, {campaign.false_alarms} failed.")
    return 0 if is_enough else 1


sys.exit(main())
