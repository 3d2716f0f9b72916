"""`python compare_arrays.py FILE FILE...`: files of arrays by name (.npz, .safetensors) beside the first of them.

Prints the largest difference, relative to the largest value of its array.
"""

import sys

import numpy as np
from safetensors.numpy import load_file


def arrays(path):
    return dict(np.load(path)) if path.endswith('.npz') else load_file(path)


first, *others = map(arrays, sys.argv[1:])
differences = [0.0]
for other in others:
    if other.keys() != first.keys():
        sys.exit(f'other names: {sorted(other.keys() ^ first.keys())}')
    for name, values in first.items():
        scale = max(float(np.abs(values).max(initial=0)), 1e-3)
        differences.append(float(np.abs(values - other[name]).max(initial=0)) / scale)
print(max(differences))
