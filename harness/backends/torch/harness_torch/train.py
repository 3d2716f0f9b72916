"""The training loop: batches from the order that the harness wrote, learning rates from its schedule, one update a step.

What a rank does differently is its share of a step's rows and nothing else. Rank 0 writes events and files.
"""

import math
import time
from dataclasses import dataclass

import pyarrow as pa
import torch

from .decoder import load_decoder
from .job import Events, JobError
from .losses import Objective, losses
from .ranks import Ranks
from .rows import Row, by_length, dealt, padded
from .state import AVERAGE, FIRST, SECOND, of_model, read_tensors, write_tensors
from .update import AdamW, global_norm

# Of a step's padded tokens, those that a micro-batch holds at most.
TOKENS_AT_ONCE = {'cpu': 4096, 'cuda': 65536}


@dataclass(frozen=True)
class Counts:
    pairs: int
    labels: int


class Pairs:
    """Pairs by their row in the input, and rows by step."""

    def __init__(self, job):
        table = pa.ipc.open_file(pa.memory_map(str(job.path('pairs')))).read_all()
        self.columns = [table.column(name).combine_chunks() for name in ('prompt', 'chosen', 'rejected')]
        self.margins = table.column('margin').to_pylist() if 'margin' in table.column_names else None
        self.places = {int(row): place for place, row in enumerate(table.column('id').to_pylist())}
        order = pa.ipc.open_file(pa.memory_map(str(job.path('order')))).read_all()
        self.order = order.column('pair').to_numpy()
        steps = order.column('step').to_numpy()
        self.per_step = int((steps == steps[0]).sum()) if len(steps) else 0

    def at(self, step):
        rows = self.order[step * self.per_step : (step + 1) * self.per_step]
        if len(rows) != self.per_step:
            raise JobError(f'order.arrow has no step {step}', 'Remove the stage folder and run the same command again.')
        return [self.pair(self.places[int(row)]) for row in rows]

    def pair(self, place):
        tokens = (column[place].values.to_numpy() for column in self.columns)
        return (*tokens, (self.margins[place] or 0.0) if self.margins else 0.0)


class Training:
    def __init__(self, job, ranks):
        self.job, self.ranks = job, ranks
        self.objective = Objective.of(job)
        tensors, metadata = read_tensors(job.path('state'))
        self.step, self.tokens_seen = int(metadata['step']), int(metadata['tokensSeen'])
        decoder = load_decoder(job.path('model'), job['rewardPooling'], of_model(tensors), job['adapterScale'])
        self.decoder = decoder.to(ranks.device)
        self.optimizer = self.optimizer_of(tensors)
        self.pairs = Pairs(job)
        self.tokens_at_once = TOKENS_AT_ONCE[ranks.device.type]

    def optimizer_of(self, tensors):
        learned = set(self.job['learned'])
        parameters = {}
        for name, value in self.decoder.named().items():
            value.requires_grad_(name in learned)
            if name in learned:
                parameters[name] = value
        kept = [
            {name: tensors[prefix + name].to(self.ranks.device) for name in parameters} for prefix in (FIRST, SECOND)
        ]
        has_average = self.job['optimizer'].get('ema') is not None
        averages = {name: tensors[AVERAGE + name].to(self.ranks.device) for name in parameters} if has_average else None
        read = [name for name in parameters if self.is_read(name)]
        return AdamW(parameters, read, self.job['optimizer'], *kept, averages)

    def is_read(self, name):
        """Whether the objective reads a parameter: the heads are read by their own loss alone."""
        if name.startswith('score.'):
            return self.objective.pairwise_weight > 0
        if self.decoder.named()[name] is self.decoder.lm.get_output_embeddings().weight:
            is_tied = self.decoder.lm.get_input_embeddings().weight is self.decoder.lm.get_output_embeddings().weight
            return is_tied or self.objective.lm_weight > 0
        return True

    def take_step(self):
        """The measurements of one update."""
        batch = self.pairs.at(self.step)
        counts = Counts(len(batch), sum(len(chosen) for _, chosen, _, _ in batch))
        for value in self.optimizer.parameters.values():
            value.grad = None
        sums = self.backward_all(batch, counts)
        self.ranks.sum_gradients(self.optimizer.values_read())
        total, pairwise, lm, centering, wins = self.ranks.sum(sums)
        is_logged = self.is_logged(self.step + 1)
        before = [value.detach().clone() for value in self.optimizer.values_read()] if is_logged else None
        norm = self.optimizer.step(self.step, self.job['learningRates'][self.step])
        self.step += 1
        self.tokens_seen += sum(self.tokens_of(pair) for pair in batch)
        return dict(
            total=total,
            pairwise=pairwise,
            lm=lm,
            centering=centering,
            accuracy=wins / counts.pairs,
            gradient_norm=norm,
            before=before,
        )

    def tokens_of(self, pair):
        prompt, chosen, rejected, _ = pair
        return len(prompt) + len(chosen) + (len(rejected) if self.objective.reads_rejected else 0)

    def backward_all(self, batch, counts):
        """This rank's share of the step. Out of memory: smaller micro-batches, and the share from its beginning."""
        while True:
            try:
                return self.backward_share(batch, counts)
            except torch.cuda.OutOfMemoryError:
                for value in self.optimizer.parameters.values():
                    value.grad = None
                torch.cuda.empty_cache()
                if self.tokens_at_once < 2:
                    raise
                self.tokens_at_once //= 2

    def backward_share(self, batch, counts):
        rows = [self.row(pair) for pair in batch]
        mine = dealt(rows, self.ranks.rank, self.ranks.count)
        sums = [0.0, 0.0, 0.0, 0.0, 0]
        for some in by_length([rows[index] for index in mine], self.tokens_at_once):
            indices = [mine[place] for place in some]
            micro = padded([rows[index] for index in indices]).to(self.ranks.device)
            pairs = self.placed([batch[index] for index in indices])
            found = losses(self.decoder, micro, pairs, self.objective, counts)
            if found.total.requires_grad:
                found.total.backward()
            for place, value in enumerate(
                (float(found.total.detach()), found.pairwise, found.lm, found.centering, found.wins)
            ):
                sums[place] += value
        return sums

    def row(self, pair):
        prompt, chosen, rejected, _ = pair
        return Row(prompt, (chosen, rejected) if self.objective.reads_rejected else (chosen,))

    def placed(self, pairs):
        """A pair a row: where its responses lie among the spans."""
        if not self.objective.reads_rejected:
            return [(index, None, pair[3]) for index, pair in enumerate(pairs)]
        return [(2 * index, 2 * index + 1, pair[3]) for index, pair in enumerate(pairs)]

    def is_logged(self, step):
        return step == self.job['toStep'] or step % self.job['logEverySteps'] == 0

    def norms_since(self, before):
        """Of the last update, and of the weights after it."""
        values = [value.detach() for value in self.optimizer.values_read()]
        return global_norm([new - old for new, old in zip(values, before)]), global_norm(values)

    def save(self, path):
        kept = {
            **{name: value for name, value in self.decoder.named().items()},
            **{FIRST + name: value for name, value in self.optimizer.first.items()},
            **{SECOND + name: value for name, value in self.optimizer.second.items()},
            **{AVERAGE + name: value for name, value in (self.optimizer.averages or {}).items()},
        }
        if self.ranks.is_first:
            write_tensors(path, kept, {'step': str(self.step), 'tokensSeen': str(self.tokens_seen)})


def train(job):
    ranks = Ranks(job['device'])
    torch.set_num_threads(job['threads'])
    events = Events(job, ranks.is_first)
    try:
        training = Training(job, ranks)
        events.emit(kind='ended', **run(training, events))
    finally:
        events.close()
        ranks.close()


def run(training, events):
    job, ranks = training.job, training.ranks
    stop, saved_at = job.folder / 'stop', time.monotonic()
    tokens, clock = training.tokens_seen, time.monotonic()
    while training.step < job['toStep']:
        # What one rank sees, all must do: a file and a clock are rank 0's alone.
        due = time.monotonic() - saved_at > job['checkpointEverySeconds']
        stopped, is_due = ranks.sum([stop.exists(), due] if ranks.is_first else [0, 0])
        if stopped or is_due:
            training.save(job.path('resume'))
            saved_at = time.monotonic()
        if stopped:
            return dict(outcome='interrupted')
        measured = training.take_step()
        reason = divergence(measured)
        if reason is not None:
            return dict(outcome='diverged', step=training.step, reason=reason)
        if training.is_logged(training.step):
            speed = (training.tokens_seen - tokens) / (time.monotonic() - clock)
            tokens, clock = training.tokens_seen, time.monotonic()
            emit_metrics(training, measured, events)
            events.emit(kind='speed', tokensPerSecond=speed, peakBytes=peak_bytes(ranks.device))
        events.emit(kind='progress', step=training.step, steps=job['toStep'], loss=measured['total'])
    if not all(torch.isfinite(value).all() for value in training.optimizer.parameters.values()):
        return dict(outcome='diverged', step=training.step, reason='weights are not finite')
    training.save(job.path('result'))
    return dict(outcome='completed')


def divergence(measured):
    for what, value in (('the loss', measured['total']), ('the gradient norm', measured['gradient_norm'])):
        if not math.isfinite(value):
            # As the harness itself says it.
            return f'{what} is {"NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}'
    return None


def emit_metrics(training, measured, events):
    objective = training.objective
    update, parameters = training.norms_since(measured['before'])
    values = {
        'loss': measured['total'],
        'pairwise_loss': measured['pairwise'] if objective.reads_rejected else None,
        'lm_loss': measured['lm'] if objective.lm_weight > 0 else None,
        'reward_centering': measured['centering'] if objective.centering_weight is not None else None,
        'pairwise_accuracy': measured['accuracy'] if objective.reads_rejected else None,
        'learning_rate': training.job['learningRates'][training.step - 1],
        'gradient_norm': measured['gradient_norm'],
        'update_norm': update,
        'update_ratio': update / parameters,
        'tokens_seen': training.tokens_seen,
    }
    for name, value in values.items():
        if value is not None:
            events.emit(kind='metric', step=training.step, name=f'train/{name}', value=value)


def peak_bytes(device):
    return torch.cuda.max_memory_allocated(device) if device.type == 'cuda' else None
