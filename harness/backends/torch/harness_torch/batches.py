"""The batches of a job: pairs by their row in the input, rows by step, a step's share of every rank."""

import bisect
import itertools
from dataclasses import dataclass

import pyarrow as pa

from .job import JobError
from .rows import Row, by_length, dealt, packed, padded


class Pairs:
    """(prompt, chosen, rejected, margin) of every pair of a step.

    Files are mapped, and rows numbered through all of them: what no step reads takes no memory.
    """

    def __init__(self, job):
        files = [pa.ipc.open_file(pa.memory_map(str(job.folder / name))) for name in job['pairs']]
        parts = (file.get_batch(number) for file in files for number in range(file.num_record_batches))
        self.parts = [part for part in parts if len(part)]
        self.starts = [0, *itertools.accumulate(map(len, self.parts))]
        order = pa.ipc.open_file(pa.memory_map(str(job.path('order')))).read_all()
        self.order = order.column('pair').to_numpy()
        steps = order.column('step').to_numpy()
        self.per_step = int((steps == steps[0]).sum()) if len(steps) else 0

    def at(self, step):
        rows = self.order[step * self.per_step : (step + 1) * self.per_step]
        if len(rows) != self.per_step:
            raise JobError(f'order.arrow has no step {step}', 'Remove the stage folder and run the same command again.')
        return [self.pair(int(row)) for row in rows]

    def pair(self, row):
        index = bisect.bisect_right(self.starts, row) - 1
        part, place = self.parts[index], row - self.starts[index]
        tokens = (part.column(name)[place].values.to_numpy() for name in ('prompt', 'chosen', 'rejected'))
        margin = part.column('margin')[place].as_py() if 'margin' in part.schema.names else None
        return (*tokens, margin or 0.0)


@dataclass(frozen=True)
class Layout:
    """How rows become micro-batches. `multiple`: packed rows are padded to a multiple of so many tokens."""

    reads_rejected: bool
    is_packed: bool
    multiple: int

    def row(self, pair):
        prompt, chosen, rejected, _ = pair
        return Row(prompt, (chosen, rejected) if self.reads_rejected else (chosen,))

    def micro_batch(self, pairs):
        """Its rows as tensors, and for each pair where its responses lie among their spans."""
        tensors = self.tensors([self.row(pair) for pair in pairs])
        if not self.reads_rejected:
            return tensors, [(index, None, pair[3]) for index, pair in enumerate(pairs)]
        return tensors, [(2 * index, 2 * index + 1, pair[3]) for index, pair in enumerate(pairs)]

    def tensors(self, rows):
        return packed(rows, self.multiple) if self.is_packed else padded(rows)

    def shares(self, batch, ranks, tokens_at_once):
        """Of every rank a list of micro-batches, each a list of indices into the batch. All ranks find the same."""
        rows = [self.row(pair) for pair in batch]
        shares = []
        for rank in range(ranks):
            mine = dealt(rows, rank, ranks)
            some = by_length([rows[index] for index in mine], tokens_at_once, self.is_packed)
            shares.append([[mine[place] for place in places] for places in some])
        return shares

    def tokens(self, batch, indices):
        """Of a micro-batch, padding included."""
        lengths = [len(self.row(batch[index])) for index in indices]
        return sum(lengths) if self.is_packed else len(lengths) * max(lengths)
