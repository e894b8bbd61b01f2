"""Lists public symbols without documentation, from the symbol graphs that are named as arguments.

What the compiler adds by itself (synthesized members, conformances) and what only repeats another module's declaration
is left out: nobody can write about it. Ends with status 1 when there is any, 2 when there is nothing to look at.
"""

import json
import sys


def undocumented(graph):
    repeated = {edge["source"] for edge in graph["relationships"] if "sourceOrigin" in edge}
    for symbol in graph["symbols"]:
        name = symbol["identifier"]["precise"]
        # Without a place it is not written in any file; an extension by itself says nothing, its members do.
        if name in repeated or "::SYNTHESIZED::" in name or "location" not in symbol:
            continue
        if symbol["kind"]["identifier"] == "swift.extension":
            continue
        if not any(line["text"].strip() for line in symbol.get("docComment", {}).get("lines", [])):
            yield symbol


def main(paths):
    seen, found = 0, 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            graph = json.load(file)
        seen += len(graph["symbols"])
        for symbol in undocumented(graph):
            found += 1
            place = symbol["location"]
            name = ".".join([graph["module"]["name"]] + symbol["pathComponents"])
            print(f"{place['uri'].removeprefix('file://')}:{place['position']['line'] + 1}: {name} is not documented")
    if seen == 0:
        print("there are no symbols to look at", file=sys.stderr)
        return 2
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
