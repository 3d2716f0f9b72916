"""Rewards of responses, in the order in which they stand in the file of questions."""

import numpy as np
import pyarrow as pa
import torch

from .attention import BLOCK
from .batches import Layout
from .devices import in_parts, tokens_at_once
from .job import Events
from .loading import Weights, load_decoder
from .ranks import Ranks
from .rows import Row, by_length
from .sharding import is_shard

IDLE = Row([0], ([0],))


def score(job):
    """Writes float32 values, one a response, to the job's `rewards`. Micro-batches are dealt to ranks in turn."""
    torch.set_num_threads(job['threads'])
    ranks = Ranks.of_job(job)
    events = Events(job, ranks.is_first)
    try:
        decoder = load_decoder(job, ranks, Weights(job.path('weights'), job.path('added')))
        most = job['tokensAtOnce'] or tokens_at_once(ranks.device)
        with torch.no_grad():
            rewards = rewards_of(decoder, questions_of(job), ranks, most, job['packed'])
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


def rewards_of(decoder, questions, ranks, most, is_packed=False):
    """One a response; a call of all ranks together.

    @param most: tokens at once
    """
    rows, places = laid_out(questions, most)
    rewards = torch.zeros(sum(map(len, places)), device=ranks.device)
    layout = Layout(True, is_packed, BLOCK if ranks.device.type == 'cuda' else 1)
    batches = by_length(rows, most, is_packed)

    def compute(some):
        return decoder(layout.tensors(some).to(ranks.device), True, None)[0]

    is_whole = not any(is_shard(value) for value in decoder.parameters())
    # All ranks take equally many turns: those of a sharded model need one another for every layer.
    for first_of_turn in range(0, len(batches), ranks.count):
        some = next(iter(batches[first_of_turn + ranks.rank :]), None)
        own = [IDLE] if some is None else [rows[index] for index in some]
        # A sharded rank cannot take more turns than the others.
        found = torch.cat(in_parts(compute, own)) if is_whole else compute(own)
        if some is not None:
            rewards[[place for index in some for place in places[index]]] = found
    return ranks.sum(rewards)


def laid_out(questions, most):
    """Rows, and of each the numbers of its responses: those of a question share one until it grows too long."""
    rows, places, first = [], [], 0
    for prompt, responses in questions:
        for some in row_parts(len(prompt), responses, most):
            rows.append(Row(prompt, tuple(responses[index] for index in some)))
            places.append([first + index for index in some])
        first += len(responses)
    return rows, places


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
