"""MARIO's steps to the same results, in an environment of its own.

    python benchmarks/steps_of_mario.py ARRAYS.npz

needs `mariopy` and nothing of this project. Prints one JSON object with the seconds.
"""

import json
import sys
import time

import mario
import numpy as np
import pandas as pd

arrays = np.load(sys.argv[1])
Z, Y, E = (pd.DataFrame(arrays[name]) for name in ("Z", "Y", "E"))

start = time.perf_counter()
X = mario.calc_X(Z, Y)
w = mario.calc_w(mario.calc_z(Z, X))
inverted = time.perf_counter()
f = mario.calc_f(mario.calc_e(E, X), w)
mario.calc_F(f, Y)
print(
    json.dumps(
        {"inverse": inverted - start, "extensions": time.perf_counter() - inverted}
    )
)
