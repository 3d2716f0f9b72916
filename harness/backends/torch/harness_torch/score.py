"""Rewards of responses, in the order in which they stand in the file of questions."""

import numpy as np
import pyarrow as pa
import torch

from .decoder import load_decoder
from .job import Events
from .ranks import Ranks
from .rows import Row, by_length, padded
from .state import of_model, read_tensors
from .train import TOKENS_AT_ONCE


def score(job):
    """Writes float32 values, one a response, to the job's `rewards`."""
    ranks = Ranks(job['device'])
    torch.set_num_threads(job['threads'])
    events = Events(job, ranks.is_first)
    try:
        tensors, _ = read_tensors(job.path('weights'))
        decoder = load_decoder(job.path('model'), job['rewardPooling'], of_model(tensors)).to(ranks.device)
        questions = questions_of(job)
        with torch.inference_mode():
            rewards = rewards_of(decoder, questions, TOKENS_AT_ONCE[ranks.device.type], ranks.device)
        np.concatenate([*rewards, np.zeros(0, np.float32)]).astype('<f4').tofile(job.path('rewards'))
        events.emit(kind='ended', outcome='completed')
    finally:
        events.close()
        ranks.close()


def questions_of(job):
    table = pa.ipc.open_file(pa.memory_map(str(job.path('questions')))).read_all()
    prompts, candidates = (table.column(name).combine_chunks() for name in ('prompt', 'candidates'))
    return [
        (prompts[row].values.to_numpy(), [tokens.values.to_numpy() for tokens in candidates[row]])
        for row in range(len(prompts))
    ]


def rewards_of(decoder, questions, tokens_at_once, device):
    """Of each question an array. Responses of a question share a row as long as it does not grow too long."""
    rows, places = [], []
    for question, (prompt, responses) in enumerate(questions):
        for some in row_parts(len(prompt), responses, tokens_at_once):
            rows.append(Row(prompt, tuple(responses[index] for index in some)))
            places.append([(question, index) for index in some])
    rewards = [np.zeros(len(responses), np.float32) for _, responses in questions]
    for some in by_length(rows, tokens_at_once):
        micro = padded([rows[index] for index in some]).to(device)
        found = decoder.rewards(decoder.hidden(micro), micro.spans).float().cpu().numpy()
        for (question, index), reward in zip((place for row in some for place in places[row]), found):
            rewards[question][index] = reward
    return rewards


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
