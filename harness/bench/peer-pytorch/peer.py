"""The preference-pretraining step in PyTorch, as a peer to measure against and to check losses with.

usage: peer.py --weights FOLDER --pairs FILE [--set-up NAME] [--threads N] [--steps N] [--pairs-per-step N]
               [--rows-per-micro-batch N] [--compile] [--device cpu|cuda] [--profile | --search]
       peer.py --versions
eager   padded rows, attention by hand, logits at all positions of the chosen rows
sdpa    the same with scaled_dot_product_attention
sorted  rows of similar length in micro-batches, logits only at labels, joined products, fused AdamW
packed  rows of a micro-batch in one sequence without padding; the rest as sorted
--compile puts the decoder through torch.compile; what the first steps take longer is `compileSeconds`.
--search prints the step time, and for sorted and packed the number of rows in a micro-batch that is the fastest.
Prints one JSON line. Preparing a batch is not timed. Needs numpy and torch: 1.13 for eager, 2.4 for the rest.

Fastest surroundings found for torch 1.13 of Debian 12, two cores: packages python3-torch and libopenblas0-openmp, then
  LD_LIBRARY_PATH=<folder of the OpenMP OpenBLAS> MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000
  MALLOC_TOP_PAD_=268435456
`harness bench peer` sets these where they apply.
"""

import json
import sys
import time

import torch

import batches
import measure
from set_ups import SET_UPS, Trainer

ENGINE = 'torch ' + torch.__version__
ROWS = (2, 4, 8, 16, 32, 64)


def main():
    if '--versions' in sys.argv:
        return print(json.dumps(dict(engine=ENGINE)))
    options = parsed()
    torch.set_num_threads(options.threads)
    rows = measure.read_rows(options.pairs)
    print_searched(rows, options) if options.search else print_measured(rows, options)


def parsed():
    parser = measure.arguments(__doc__.splitlines()[0])
    parser.add_argument('--set-up', choices=list(SET_UPS), default='eager')
    parser.add_argument('--rows-per-micro-batch', type=int, default=8)
    parser.add_argument('--compile', action='store_true')
    parser.add_argument('--profile', action='store_true')
    parser.add_argument('--search', action='store_true')
    return parser.parse_args()


def trainer_of(options, rows_per_micro_batch):
    set_up = SET_UPS[options.set_up]
    return Trainer(set_up, options.weights, options.device, rows_per_micro_batch, options.compile)


def print_measured(rows, options):
    trainer = trainer_of(options, options.rows_per_micro_batch)
    seconds, tokens, losses = [], [], []
    for step in range(measure.WARM_UP + options.steps):
        batch = measure.batch_at(rows, step, options.pairs_per_step)
        prepared = trainer.prepare(batch)
        taken, loss = timed(trainer, prepared)
        seconds.append(taken)
        tokens.append(batches.tokens_of(batch))
        if step < measure.COMPARED:
            losses.append(loss.tolist())
    warm_up, measured = seconds[: measure.WARM_UP], seconds[measure.WARM_UP :]
    is_cuda = options.device == 'cuda'
    peak = torch.cuda.max_memory_allocated() if is_cuda else measure.peak_memory()
    measure.report(
        measured,
        tokens[measure.WARM_UP :],
        options,
        engine=ENGINE,
        peakMemoryBytes=peak,
        losses=losses,
        compileSeconds=sum(warm_up) - len(warm_up) * measure.median(measured) if options.compile else None,
        gemmShare=product_share(lambda: trainer.step(*prepared), options.device) if options.profile else None,
    )


def print_searched(rows, options):
    """Upwards, until more rows are slower: memory grows with them."""
    batch = measure.batch_at(rows, 0, options.pairs_per_step)
    best = None
    for count in ROWS if options.set_up in ('sorted', 'packed') else ROWS[:1]:
        trainer = trainer_of(options, count)
        prepared = trainer.prepare(batch)
        seconds = fastest_of(trainer, prepared)
        if best is None or seconds < best['seconds']:
            best = dict(rowsPerMicroBatch=count, seconds=seconds)
        if seconds > 1.3 * best['seconds'] or count >= 2 * options.pairs_per_step:
            break
    print(json.dumps(best))


def fastest_of(trainer, prepared):
    """Seconds of the fastest of at least two steps, after one to warm up. Short ones are repeated: noise is longer."""
    timed(trainer, prepared)
    taken = []
    while len(taken) < 2 or sum(taken) < 2:
        taken.append(timed(trainer, prepared)[0])
    return min(taken)


def timed(trainer, prepared):
    """Seconds of a step, and its losses."""
    wait = torch.cuda.synchronize if trainer.device == 'cuda' else lambda: None
    wait()
    start = time.perf_counter()
    loss = trainer.step(*prepared)
    wait()
    return time.perf_counter() - start, loss


def product_share(step, device):
    """Share of operator time in matrix products over one step."""
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if device == 'cuda' else [])
    with profile(activities=activities) as profiler:
        step()
    own = 'self_cuda_time_total' if device == 'cuda' else 'self_cpu_time_total'

    def time_of(event):
        return getattr(event, own, None) or getattr(event, own.replace('cuda', 'device'), 0)

    words = ('::mm', '::bmm', '::addmm', '::baddbmm', 'gemm')
    times = [(event.key.lower(), time_of(event)) for event in profiler.key_averages()]
    products = sum(taken for key, taken in times if any(word in key for word in words))
    return products / max(1e-9, sum(taken for _, taken in times))


if __name__ == '__main__':
    main()
