"""Compares two builds of sessionctl that take turns, with a control. `scripts/bench.sh pair` builds them and runs this.

Each build is one process that works in slices of some 50 ms, each after one that is not measured. Four slices are a quad, in
the order old, new, new, old or the other way round, so that neither a drift of the machine nor what the slice before leaves
behind favours one of them; a row is the median of the quads' ratios. The control is the new build beside a second process of
itself: how far that is from 1 is what this run cannot tell apart. The server is pinned to one core, the builds to another.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SET = 2  # sessions of each user, where nothing else is said
SHORT, LONG = 12, 36  # bytes of a user ID
# At how many tasks, where that is not an option.
OPERATIONS = {"authorize": None, "authorize-stores-thread": None, "touch": [64], "terminate": [64], "hit": [1]}


class Server:
    """A private redis-server, asked about itself on a connection of its own."""

    def __init__(self, directory, pinned):
        self.path = os.path.join(directory, "redis.sock")
        self.log = os.path.join(directory, "redis.log")
        command = ["redis-server", "--port", "0", "--unixsocket", self.path, "--save", "", "--appendonly", "no",
                   # As the documentation has it: a long user agent would double what a session takes.
                   "--maxmemory-policy", "noeviction", "--hash-max-ziplist-value", "512"]
        self.process = subprocess.Popen(
            pinned + command + ["--dir", directory, "--logfile", self.log], stdin=subprocess.DEVNULL)
        self.url = "redis+unix://" + self.path
        deadline = time.monotonic() + 10
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(self.path)
                self.replies = self.socket.makefile("rb")
                return
            except OSError:
                self.socket.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.process.kill()
                    raise SystemExit("bench: redis-server does not start")
                time.sleep(0.02)

    def ask(self, *words):
        self.socket.sendall(
            b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words))
        line = self.replies.readline()
        if line[:1] != b"$":
            return line[1:].strip().decode()
        return self.replies.read(int(line[1:]) + 2).decode()

    def field(self, section, name):
        for line in self.ask("INFO", section).splitlines():
            if line.startswith(name + ":"):
                return line.partition(":")[2]
        return None

    def memory(self):
        return int(self.field("memory", "used_memory"))

    def processor_us(self):
        """What its process has used, the kernel's share included; `None` where the system does not say."""
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/schedstat") as file:
                return int(file.read().split()[0]) / 1000
        except OSError:
            return None

    def end(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


class Build:
    """One process of a build, which does what it is told, a line at a time."""

    def __init__(self, tool, server, prefix, pinned):
        self.process = subprocess.Popen(
            pinned + [tool, "bench-pair", "--url", server.url, "--prefix", prefix], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # Operations of one slice that uses up its sessions.
        self.most = 1000

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        answer = json.loads(self.process.stdout.readline() or '{"error": "it has ended"}')
        if "error" in answer:
            raise SystemExit(f"bench: {self.process.args[-5]}: {' '.join(map(str, words))}: {answer['error']}")
        return answer

    def prepare(self, operation, family, tasks, milliseconds):
        """A slice must not pay for caches that are warm from another build: that is up to 9%."""
        if operation == "terminate":
            # What the slice uses up; one that finds less ends early.
            self.ask("create", family, self.most * 3 // 2 // SET, SET, SHORT)
        else:
            self.ask("slice", operation, family, tasks, milliseconds)

    def slice(self, operation, *words):
        measured = self.ask("slice", operation, *words)
        if operation == "terminate":
            self.most = max(self.most, measured["count"])
        return measured

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values):
    """The quartiles, the median in the middle."""
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3


class Comparison:
    """Two processes that take turns."""

    def __init__(self, first, second, server):
        self.builds = (first, second)
        self.server = server
        self.ratios = []
        self.differences = []
        self.slices = ([], [])

    def quad(self, *words):
        quad = ([], [])
        for which in (0, 1, 1, 0) if len(self.ratios) % 2 == 0 else (1, 0, 0, 1):
            count = 0
            # On a busy machine a slice may be over before it has begun.
            while count == 0:
                self.builds[which].prepare(*words)
                before = self.server.processor_us()
                measured = self.builds[which].slice(*words)
                after = self.server.processor_us()
                count = measured["count"]
            quad[which].append({
                "perSecond": count / measured["seconds"], "p50us": measured["p50us"],
                "clientCPUus": measured["processorUs"] / count,
                "serverCPUus": None if after is None else (after - before) / count})
        mean = lambda which, name: statistics.fmean(slice[name] for slice in quad[which])
        self.ratios.append(mean(1, "perSecond") / mean(0, "perSecond"))
        self.differences.append(mean(1, "p50us") - mean(0, "p50us"))
        for which in (0, 1):
            self.slices[which].extend(quad[which])

    def median(self, which, name):
        values = [slice[name] for slice in self.slices[which] if slice[name] is not None]
        return statistics.median(values) if values else None


class Run:
    def __init__(self, options):
        self.options = options
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        self.is_pinned = len(cores) > 1 and shutil.which("taskset") is not None
        self.server_core, self.client_core = (
            [["taskset", "-c", str(core)] for core in cores[:2]] if self.is_pinned else [[], []])
        if not self.is_pinned:
            progress("taskset or a second core is missing: nothing is pinned, and the control may be far from 1", True)

    @contextlib.contextmanager
    def server(self):
        with tempfile.TemporaryDirectory(prefix="sr-pair-") as directory:
            server = Server(directory, self.server_core)
            try:
                yield server
            finally:
                server.end()

    @contextlib.contextmanager
    def builds(self, server, prefixes):
        """`prefixes` of one length, each with its tool: the builds' sessions are not alike."""
        builds = [Build(tool, server, prefix, self.client_core) for prefix, tool in prefixes]
        try:
            yield builds
        finally:
            for build in builds:
                build.end()

    def tools(self):
        return [("old", self.options.old), ("new", self.options.new)]

    # Throughput and latency

    def rows(self):
        rows = []
        with self.server() as server, self.builds(server, self.tools() + [("two", self.options.new)]) as builds:
            for build in builds:
                progress("creating sessions")
                build.ask("create", "lookups", self.options.sessions // SET, SET, SHORT)
                build.ask("create", "touches", self.options.sessions // SET, SET, SHORT)
            for operation, tasks in self.wanted():
                rows.append(self.row(server, builds, operation, tasks))
        return rows

    def wanted(self):
        """Operations in turn with how many tasks; those with a near cache last, because it has a connection of its own."""
        for operation in OPERATIONS:
            if operation in self.options.operations:
                for tasks in OPERATIONS[operation] or self.options.tasks:
                    yield operation, tasks

    def row(self, server, builds, operation, tasks):
        family = {"touch": "touches", "terminate": "ends", "hit": "remembered"}.get(operation, "lookups")
        words = (operation, family, tasks, self.options.slice)
        progress(f"{operation} at {tasks}")
        if operation == "hit":
            for build in builds:
                build.ask("create", family, 500, SET, SHORT)
                build.ask("remember", family)
        for build in builds:
            build.prepare(*words)
            build.slice(*words)
        old, new, second = builds
        pair, control = Comparison(old, new, server), Comparison(new, second, server)
        for number in range(self.options.quads):
            progress(f"{operation} at {tasks}, quad {number + 1}")
            pair.quad(*words)
            control.quad(*words)
        row = {"operation": operation, "tasks": tasks}
        row["ratioLow"], row["ratio"], row["ratioHigh"] = spread(pair.ratios)
        row["controlLow"], row["control"], row["controlHigh"] = spread(control.ratios)
        row["p50usDifference"] = statistics.median(pair.differences)
        row["controlP50usDifference"] = statistics.median(control.differences)
        for which, name in enumerate(("old", "new")):
            row[name] = {field: pair.median(which, field) for field in
                         ("perSecond", "p50us", "clientCPUus", "serverCPUus")}
        return row

    # Memory, and the server's time

    def bytes_per_session(self, tool, length):
        """On a server of its own, so that nothing else grows or shrinks meanwhile."""
        progress(f"memory of {self.options.memory_sessions} sessions")
        with self.server() as server, self.builds(server, [("sr", tool)]) as [build]:
            # The connection's buffers and the script are not the sessions'.
            build.ask("create", "first", 1, 1, length)
            before = server.memory()
            count = build.ask("create", "memory", self.options.memory_sessions // SET, SET, length)["count"]
            return (server.memory() - before) / count

    def terminate_all(self):
        """µs of the server for one script that ends all sessions of a user, by its own account."""
        users, perUser = self.options.users, 1000
        with self.server() as server, self.builds(server, self.tools()) as builds:
            for build in builds:
                progress(f"creating {perUser} sessions of each of {users} users")
                build.ask("create", "all", users, perUser, SHORT)
            figures = ([], [])
            for user in range(users):
                for which in (0, 1) if user % 2 == 0 else (1, 0):
                    server.ask("CONFIG", "RESETSTAT")
                    builds[which].ask("terminate-all", "all", user)
                    work = server.field("commandstats", "cmdstat_evalsha")
                    figures[which].append(int(work.split("usec=")[1].split(",")[0]))
        result = {}
        for name, values in zip(("old", "new"), figures):
            low, median, high = spread(values)
            result[name] = {"low": low, "median": median, "high": high}
        return result

    def report(self):
        report = {"revision": self.options.revision, "isPinned": self.is_pinned, "quads": self.options.quads,
                  "sliceMilliseconds": self.options.slice, "loadBefore": os.getloadavg()[0]}
        if "rows" in self.options.only:
            report["rows"] = self.rows()
        if "memory" in self.options.only:
            report["bytesPerSession"] = [
                {"userIDBytes": length} | {name: self.bytes_per_session(tool, length) for name, tool in self.tools()}
                for length in (SHORT, LONG)]
        if "terminateAll" in self.options.only:
            report["terminateAllServerUs"] = self.terminate_all()
        return report | {"loadAfter": os.getloadavg()[0]}


def progress(text, is_lasting=False):
    if is_lasting:
        print("bench: " + text, file=sys.stderr)
    elif sys.stderr.isatty():
        print("\r\033[K" + text, end="", file=sys.stderr, flush=True)


def figure(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(heading, rows):
    widths = [max(len(row[column]) for row in [heading] + rows) for column in range(len(heading))]
    for row in [heading] + rows:
        print("  ".join(
            [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip())


def names(operation):
    return {"authorize-stores-thread": "authorize, store's thread", "hit": "authorize, near cache"}.get(
        operation, operation)


def show(report):
    if report.get("rows"):
        table(
            ["OPERATION", "TASKS", "NEW/OLD", "QUARTILES", "CONTROL", "QUARTILES", "OLD /s", "NEW /s", "OLD p50 µs",
             "NEW p50 µs", "DIFF µs", "CLIENT CPU µs", "SERVER CPU µs"],
            [[names(row["operation"]), str(row["tasks"]), f"{row['ratio']:.3f}",
              f"{row['ratioLow']:.3f}-{row['ratioHigh']:.3f}", f"{row['control']:.3f}",
              f"{row['controlLow']:.3f}-{row['controlHigh']:.3f}", figure(row["old"]["perSecond"]),
              figure(row["new"]["perSecond"])]
             # One measurement of a hit would mostly be one of the clock.
             + (["-"] * 3 if row["operation"] == "hit" else
                [figure(row["old"]["p50us"]), figure(row["new"]["p50us"]), f"{row['p50usDifference']:+.1f}"])
             + [f"{figure(row['old'][name])} > {figure(row['new'][name])}" for name in ("clientCPUus", "serverCPUus")]
             for row in report["rows"]])
        print()
    rows = [["bytes per session, user ID of %d bytes" % row["userIDBytes"], f"{row['old']:.1f}", f"{row['new']:.1f}"]
            for row in report.get("bytesPerSession", [])]
    if "terminateAllServerUs" in report:
        rows.append(["server µs, terminate all of 1,000 sessions"] +
                    [f"{each['median']:,.0f} ({each['low']:,.0f}-{each['high']:,.0f})"
                     for each in (report["terminateAllServerUs"][name] for name in ("old", "new"))])
    if rows:
        table(["", "OLD", "NEW"], rows)
    print(f"\nold: {report['revision']}; {report['quads']} quads of {report['sliceMilliseconds']} ms slices, "
          f"{'pinned' if report['isPinned'] else 'NOT pinned'}; load {report['loadBefore']:.2f} before, "
          f"{report['loadAfter']:.2f} after")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh pair")
    parser.add_argument("--old", required=True, help="sessionctl of the old build")
    parser.add_argument("--new", required=True, help="sessionctl of the new build")
    parser.add_argument("--revision", default="old", help="what the old build is called")
    parser.add_argument("--quads", type=int, default=24, help="for each row, and as many for its control")
    parser.add_argument("--slice", type=int, default=50, help="milliseconds")
    parser.add_argument("--sessions", type=int, default=10_000, help="to choose from, of each build")
    parser.add_argument("--memory-sessions", type=int, default=100_000, help="whose bytes are counted")
    parser.add_argument("--users", type=int, default=21, help="whose sessions end all at once, of each build")
    parser.add_argument("--tasks", type=int, nargs="+", default=[1, 16, 64, 256], help="that authorize")
    parser.add_argument("--operations", nargs="+", choices=OPERATIONS, default=list(OPERATIONS))
    parser.add_argument("--only", nargs="+", choices=["rows", "memory", "terminateAll"],
                        default=["rows", "memory", "terminateAll"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = Run(options).report()
    progress("")
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        show(report)


if __name__ == "__main__":
    main()
