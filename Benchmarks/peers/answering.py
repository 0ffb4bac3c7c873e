"""How a peer is spoken to: requests on standard input, one JSON line each on standard output."""

import json
import resource
import sys
import time


def peak():
    """The most memory that this process held at once, its libraries included, in bytes.

    On Linux `ru_maxrss` begins with what the parent held when it started this process; the kernel's status
    does not.
    """
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))


def answer(works):
    """`prepare NAME ARGS…` readies one of `works`, each of which returns a function and a note.

    `run N` times it; `peak` runs it once and tells the peak of memory.
    """
    work = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "prepare":
                work, note = works[words[1]](*words[2:])
                reply = {"note": note}
            elif words[0] == "peak":
                work()
                reply = {"peak": peak()}
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
