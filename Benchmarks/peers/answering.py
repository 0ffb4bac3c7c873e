"""How a peer is spoken to: requests on standard input, one JSON line each on standard output."""

import json
import sys
import time


def answer(works):
    """`prepare NAME ARGS…` readies one of `works`, each of which returns a function and a note; `run N` times it."""
    work = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "prepare":
                work, note = works[words[1]](*words[2:])
                reply = {"note": note}
            else:
                seconds = []
                for _ in range(int(words[1])):
                    start = time.perf_counter()
                    work()
                    seconds.append(time.perf_counter() - start)
                reply = {"seconds": seconds}
        except Exception as error:  # told to the other side, which stops
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
