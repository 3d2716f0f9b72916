"""A batch of pairs as tensors: padded to its longest row, sorted into micro-batches, or packed without padding."""

from dataclasses import dataclass
from typing import Optional

import torch

IGNORED = -100


@dataclass
class MicroBatch:
    """Rows of prompt and response, the chosen ones first. Indices count through all tokens of `ids`."""

    ids: torch.Tensor
    # Of every token of a row, or of every token where rows are packed.
    positions: torch.Tensor
    # Of packed rows; None where a row of `ids` is a row.
    lengths: Optional[list]
    # Index of the last token of each row.
    last: torch.Tensor
    # Index of each token whose logits are taken; None: all but the last ones of the chosen rows.
    labelled: Optional[torch.Tensor]
    # The token that each of them should say, IGNORED where nothing is learned.
    targets: torch.Tensor


def tokens_of(batch):
    return sum(2 * len(row['prompt']) + len(row['chosen']) + len(row['rejected']) for row in batch)


def labels_of(batch):
    return sum(len(row['chosen']) for row in batch)


def padded(batch):
    """All rows in one, logits at every position of the chosen rows: the usual way."""
    ids, lengths = right_padded(batch)
    targets = torch.full((len(batch), ids.shape[1]), IGNORED)
    for index, row in enumerate(batch):
        begin, end = len(row['prompt']), len(row['prompt']) + len(row['chosen'])
        targets[index, begin:end] = ids[index, begin:end]
    return [rows_of(ids, lengths, None, targets[:, 1:].reshape(-1))]


def sorted_by_length(batch, rows):
    """Micro-batches of `rows` rows of similar length, logits only where a label is."""
    order = sorted(batch, key=lambda row: len(row['prompt']) + max(len(row['chosen']), len(row['rejected'])))
    return [at_labels(part) for part in parts_of(order, rows)]


def packed(batch, rows):
    """Micro-batches of `rows` rows in one sequence without padding, logits only where a label is."""
    return [in_one_sequence(part) for part in parts_of(batch, rows)]


def parts_of(batch, rows):
    """Both rows of a pair are in one part: its loss needs both."""
    pairs = max(1, rows // 2)
    return [batch[first : first + pairs] for first in range(0, len(batch), pairs)]


def at_labels(batch):
    ids, lengths = right_padded(batch)
    starts = [index * ids.shape[1] for index in range(len(batch))]
    return rows_of(ids, lengths, *labels_from(batch, starts))


def in_one_sequence(batch):
    sequences = sequences_of(batch)
    lengths = [len(sequence) for sequence in sequences]
    ends = torch.tensor(lengths).cumsum(0)
    return MicroBatch(
        torch.tensor([token for sequence in sequences for token in sequence])[None],
        torch.cat([torch.arange(length) for length in lengths]),
        lengths,
        ends - 1,
        *labels_from(batch, [0, *ends.tolist()]),
    )


def moved(micro, device):
    """The micro-batch on another device."""
    if device == 'cpu':
        return micro
    fields = {name: x.to(device) if isinstance(x, torch.Tensor) else x for name, x in vars(micro).items()}
    return MicroBatch(**fields)


def sequences_of(batch):
    return [row['prompt'] + row[side] for side in ('chosen', 'rejected') for row in batch]


def right_padded(batch):
    sequences = sequences_of(batch)
    ids = torch.zeros(len(sequences), max(map(len, sequences)), dtype=torch.long)
    for index, sequence in enumerate(sequences):
        ids[index, : len(sequence)] = torch.tensor(sequence)
    return ids, torch.tensor([len(sequence) for sequence in sequences])


def rows_of(ids, lengths, labelled, targets):
    rows, length = ids.shape
    last = torch.arange(rows) * length + lengths - 1
    return MicroBatch(ids, torch.arange(length), None, last, labelled, targets)


def labels_from(batch, starts):
    """Indices of the tokens before those of the chosen responses, and these responses. starts: of the chosen rows."""
    labelled = [
        start + at
        for start, row in zip(starts, batch)
        for at in range(len(row['prompt']) - 1, len(row['prompt']) + len(row['chosen']) - 1)
    ]
    return torch.tensor(labelled), torch.tensor([token for row in batch for token in row['chosen']])
