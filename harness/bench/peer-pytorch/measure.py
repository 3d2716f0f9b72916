"""Timing of steps: warm-up steps that are left out, the losses of the first, and the numbers that a program prints."""

import argparse
import json
import pathlib
import resource

WARM_UP = 2
COMPARED = 3


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--weights', type=pathlib.Path, required=True, help='a model folder')
    parser.add_argument('--pairs', type=pathlib.Path, required=True, help='JSON lines of token ids')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--steps', type=int, default=8, help='measured steps, after two for warming up')
    parser.add_argument('--pairs-per-step', type=int, default=16)
    parser.add_argument('--device', choices=['cpu', 'cuda'], default='cpu')
    return parser


def read_rows(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def batch_at(rows, step, pairs):
    return [rows[(step * pairs + index) % len(rows)] for index in range(pairs)]


def peak_memory():
    """Highest resident size of this process by now, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def median(values):
    return sorted(values)[len(values) // 2]


def report(seconds, tokens, options, **rest):
    """Prints one JSON line. seconds, tokens: of each measured step."""
    middle = median(seconds)
    numbers = dict(
        device=options.device,
        threads=options.threads,
        pairsPerSecond=options.pairs_per_step / middle,
        tokensPerSecond=sum(tokens) / len(tokens) / middle,
        stepMsMedian=middle * 1e3,
        stepMs=[one * 1e3 for one in seconds],
    )
    print(json.dumps({**numbers, **rest}))
