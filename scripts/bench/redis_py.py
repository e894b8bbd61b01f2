"""Measures redis-py with its parser in C, on the keys and fields that it is given. `sessionctl bench --peer` runs it.

In its best case: one connection, as many commands in each pipeline as there would be tasks, replies decoded to strings
and nothing made of them.
"""

import argparse
import json
import random
import resource
import time

import redis
from redis.utils import HIREDIS_AVAILABLE


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def percentile(latencies, part):
    return latencies[min(int(len(latencies) * part), len(latencies) - 1)] * 1e6


def main():
    parser = argparse.ArgumentParser()
    for text in ("--socket", "--before", "--after", "--fields"):
        parser.add_argument(text, required=True)
    for number in ("--sessions", "--requests", "--concurrency"):
        parser.add_argument(number, type=int, required=True)
    options = parser.parse_args()
    fields = options.fields.split(",")
    client = redis.Redis(unix_socket_path=options.socket, decode_responses=True)
    client.ping()

    latencies = []
    batches = max(options.requests // options.concurrency, 1)
    processor, start = processor_seconds(), time.perf_counter()
    for _ in range(batches):
        sent = time.perf_counter()
        pipeline = client.pipeline(transaction=False)
        for _ in range(options.concurrency):
            number = random.randrange(options.sessions)
            pipeline.hmget(f"{options.before}{number:012d}{options.after}", fields)
        for record in pipeline.execute():
            assert record[2] == "active"
        latencies.append(time.perf_counter() - sent)
    seconds = time.perf_counter() - start
    processor = processor_seconds() - processor

    latencies.sort()
    count = batches * options.concurrency
    print(json.dumps({
        "name": "redis-py HMGET, " + ("C parser" if HIREDIS_AVAILABLE else "parser in Python"),
        "perSecond": count / seconds,
        "p50us": percentile(latencies, 0.5),
        "p99us": percentile(latencies, 0.99),
        "p999us": percentile(latencies, 0.999),
        "cpuUs": processor / count * 1e6,
    }))


main()
