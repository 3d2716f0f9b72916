"""How fast this machine multiplies matrices in torch: GFLOP/s of the fastest of several square products.

usage: products.py --threads N [--side N]
Prints one JSON line.
"""

import argparse
import json
import time

import torch

parser = argparse.ArgumentParser()
parser.add_argument('--threads', type=int, default=2)
parser.add_argument('--side', type=int, default=2048)
options = parser.parse_args()
torch.set_num_threads(options.threads)
a, b = torch.randn(2, options.side, options.side)


def seconds():
    start = time.perf_counter()
    a @ b
    return time.perf_counter() - start


times = [seconds() for _ in range(12)][2:]
print(json.dumps(dict(engine='torch ' + torch.__version__, flopsPerSecond=2 * options.side**3 / min(times))))
