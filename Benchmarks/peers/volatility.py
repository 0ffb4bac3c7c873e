"""The same work with the `arch` package, for `./run bench`.

Reads requests from standard input (`prepare NAME ARGS…`, `run REPETITIONS`) and answers each with one JSON line. The
models are as the package's documentation builds and fits them, with its compiled recursions; robust standard errors are
read from every result, as it works them out when asked.
"""

import multiprocessing
import sys
import warnings

import numpy as np
from arch import __version__, arch_model

from answering import answer

warnings.filterwarnings("ignore")

MODELS = {
    "garch": dict(vol="GARCH", p=1, q=1),
    "gjr-t": dict(vol="GARCH", p=1, o=1, q=1, dist="t"),
    "egarch-t": dict(vol="EGARCH", p=1, o=1, q=1, dist="t"),
    "figarch": dict(vol="FIGARCH", p=1, q=1),
}


def fitted(y, model, start=None):
    result = arch_model(y, rescale=False, **MODELS[model]).fit(disp="off", starting_values=start)
    return result, result.std_err


def fit(model, path):
    y = np.loadtxt(path)
    return lambda: fitted(y, model), __version__


def rolling(path, window):
    y = np.loadtxt(path)
    window = int(window)

    def work():
        start = None
        for first in range(len(y) - window + 1):
            result, _ = fitted(y[first : first + window], "garch", start)
            start = result.params.to_numpy()

    return work, __version__


def one(y):
    return fitted(y, "garch")[0].loglikelihood


def series(path, count):
    """A tenth of the series, ten times, as the rest would take minutes: the time a series is the same."""
    all_of_them = np.loadtxt(path).reshape(int(count), -1)
    pool = multiprocessing.Pool(int(sys.argv[1]))

    def work():
        for _ in range(10):
            pool.map(one, all_of_them, chunksize=5)

    return work, f"{__version__}, a process a core"


if __name__ == "__main__":
    answer({"fit": fit, "rolling": rolling, "series": series})
