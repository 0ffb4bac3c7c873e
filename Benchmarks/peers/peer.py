"""The same work with PyTorch eager, by its documented fast path, for `./run bench`.

Reads requests from standard input (`prepare NAME ARGS…`, `run REPETITIONS`) and answers each with one JSON line.
Networks are plain PyTorch modules. Where an image layout is to be chosen, both are tried and the faster one is used.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

from networks import convnet, resnet18


def add():
    count = 100_000
    a, b = torch.ones(8), torch.ones(8)

    def work():
        with torch.no_grad():
            for _ in range(count):
                a + b

    return work, ""


def gradient_step(build, batch, bfloat16):
    torch.manual_seed(0)
    images = torch.randn(batch, 3, 32, 32)
    labels = torch.randint(0, 10, (batch,))

    def make(memory_format):
        model = build().train().to(memory_format=memory_format)
        x = images.to(memory_format=memory_format)

        def work():
            model.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                loss = F.cross_entropy(model(x), labels)
            loss.backward()

        return work

    candidates = {"contiguous": make(torch.contiguous_format), "channels last": make(torch.channels_last)}
    times = {}
    for name, work in candidates.items():
        work()
        start = time.perf_counter()
        work()
        times[name] = time.perf_counter() - start
    best = min(times, key=times.get)
    return candidates[best], best


WORK = {
    "add": add,
    "convnet": lambda bfloat16: gradient_step(convnet, 256, bfloat16 == "true"),
    "resnet18": lambda bfloat16: gradient_step(resnet18, 128, bfloat16 == "true"),
}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    work = None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "prepare":
                work, note = WORK[words[1]](*words[2:])
                answer = {"note": note}
            else:
                seconds = []
                for _ in range(int(words[1])):
                    start = time.perf_counter()
                    work()
                    seconds.append(time.perf_counter() - start)
                answer = {"seconds": seconds}
        except Exception as error:  # told to the other side, which stops
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
