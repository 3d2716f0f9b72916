"""Rewards of responses, in the order in which they stand in the file of questions."""

import numpy as np
import pyarrow as pa
import torch

from .attention import BLOCK
from .batches import Layout
from .job import Events
from .loading import Weights, load_decoder
from .ranks import Ranks
from .rows import Row, by_length
from .training import TOKENS_AT_ONCE

IDLE = Row([0], ([0],))


def score(job):
    """Writes float32 values, one a response, to the job's `rewards`. Micro-batches are dealt to ranks in turn."""
    torch.set_num_threads(job['threads'])
    ranks = Ranks.of_job(job)
    events = Events(job, ranks.is_first)
    try:
        decoder = load_decoder(job, ranks, Weights(job.path('weights'), job.path('added')))
        tokens_at_once = job['tokensAtOnce'] or TOKENS_AT_ONCE[ranks.device.type]
        with torch.no_grad():
            rewards = rewards_of(decoder, questions_of(job), ranks, tokens_at_once, job['packed'])
        if ranks.is_first:
            rewards.cpu().numpy().astype('<f4').tofile(job.path('rewards'))
        events.emit(kind='ended', outcome='completed')
        ranks.close()
    finally:
        events.close()


def questions_of(job):
    table = pa.ipc.open_file(pa.memory_map(str(job.path('questions')))).read_all()
    prompts, candidates = (table.column(name).combine_chunks() for name in ('prompt', 'candidates'))
    return [
        (prompts[row].values.to_numpy(), [tokens.values.to_numpy() for tokens in candidates[row]])
        for row in range(len(prompts))
    ]


def rewards_of(decoder, questions, ranks, tokens_at_once, is_packed=False):
    """One a response. Responses of a question share a row as long as it does not grow too long."""
    rows, places, first = [], [], 0
    for prompt, responses in questions:
        for some in row_parts(len(prompt), responses, tokens_at_once):
            rows.append(Row(prompt, tuple(responses[index] for index in some)))
            places.append([first + index for index in some])
        first += len(responses)
    rewards = torch.zeros(first, device=ranks.device)
    layout = Layout(True, is_packed, BLOCK if ranks.device.type == 'cuda' else 1)
    batches = by_length(rows, tokens_at_once, is_packed)
    # All ranks take equally many turns: those of a sharded model need one another for every layer.
    for first_of_turn in range(0, len(batches), ranks.count):
        some = next(iter(batches[first_of_turn + ranks.rank :]), None)
        own = [IDLE] if some is None else [rows[index] for index in some]
        found = decoder(layout.tensors(own).to(ranks.device), True, None)[0]
        if some is not None:
            rewards[[place for index in some for place in places[index]]] = found
    return ranks.sum(rewards)


def row_parts(prompt, responses, most):
    """Indices of responses by row."""
    parts, length = [], 0
    for index, response in enumerate(responses):
        if not parts or length + len(response) > most:
            parts.append([])
            length = prompt
        parts[-1].append(index)
        length += len(response)
    return parts
