"""The training loop: batches from the harness's order, learning rates from its schedule, one update a step.

Rank 0 writes events; files are written by all ranks together.
"""

import math
import time

import torch

from .failures import StopRequest
from .job import Events
from .ranks import Ranks
from .speed import Meter, floating_operations
from .training import Training


def train(job):
    torch.set_num_threads(job['threads'])
    ranks = Ranks.of_job(job)
    events = Events(job, ranks.is_first)
    try:
        with StopRequest(job.folder, ranks.is_first) as request:
            training = Training(job, ranks, lambda text: events.emit(kind='note', text=text))
            events.emit(kind='started', step=training.step, ranks=ranks.count, device=str(ranks.device))
            events.emit(kind='ended', **run(training, events, request))
        ranks.close()
    finally:
        events.close()


def run(training, events, request):
    job, ranks = training.job, training.ranks
    saved_at, meter = time.monotonic(), Meter(ranks, job['peakFlops'])
    while training.step < job['toStep']:
        # What one rank sees, all must do: a file and a clock are rank 0's alone, a signal may reach any of them.
        due = ranks.is_first and time.monotonic() - saved_at > job['checkpointEverySeconds']
        stopped, is_due = ranks.sum_flags([request.is_asked, due])
        if stopped or is_due:
            training.save()
            saved_at = time.monotonic()
        if stopped:
            return dict(outcome='interrupted')
        measured = training.take_step()
        reason = divergence(measured)
        if reason is not None:
            return dict(outcome='diverged', step=training.step, reason=reason)
        count(training, measured, meter)
        if training.is_logged(training.step):
            emit_metrics(training, measured, events)
            events.emit(kind='speed', **meter.read())
        events.emit(kind='progress', step=training.step, steps=job['toStep'], loss=measured['total'])
    if not training.is_finite():
        return dict(outcome='diverged', step=training.step, reason='weights are not finite')
    training.write(job.path('result'))
    return dict(outcome='completed')


def count(training, measured, meter):
    lengths, learned = measured['lengths'], training.optimizer.parameters
    meter.add(sum(lengths), floating_operations(training.decoder, lengths, measured['labels'], learned))


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
