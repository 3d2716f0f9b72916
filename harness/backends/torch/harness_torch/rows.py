"""Rows of token ids as tensors.

A row is `[prompt | response 1 | response 2 ...]`: the prompt is computed once, positions restart after it, and the mask
keeps responses from seeing one another. Rows of a micro-batch are padded to the longest, or stand behind one another in
a single row (packed), where the mask keeps them apart.
"""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Row:
    prompt: np.ndarray
    responses: tuple

    def __len__(self):
        return len(self.prompt) + sum(map(len, self.responses))


@dataclass(frozen=True)
class Rows:
    """`spans` are flat: places in B x S, responses in row order."""

    ids: torch.Tensor  # [B, S]
    positions: torch.Tensor  # [B, S]
    owners: torch.Tensor  # [B, S]: 0 = prompt, k = response k, -1 = padding
    sources: torch.Tensor | None  # [1, S]: of a packed row, which of the rows a token is of
    spans: list  # of each response: (flat place of its first token, its length, flat place of the prompt's last token)

    def to(self, device):
        tensors = (self.ids, self.positions, self.owners, self.sources)
        moved = (tensor if tensor is None else tensor.to(device, non_blocking=True) for tensor in tensors)
        return Rows(*moved, self.spans)


def padded(rows):
    length = max(map(len, rows))
    return placed(rows, (len(rows), length), [index * length for index in range(len(rows))])


def packed(rows, multiple=1):
    """Padded at the end alone, to a multiple of so many tokens."""
    lengths = [len(row) for row in rows]
    whole = -(-sum(lengths) // multiple) * multiple
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    sources = np.full((1, whole), -1, np.int64)
    sources[0, : sum(lengths)] = np.repeat(np.arange(len(rows)), lengths)
    return placed(rows, (1, whole), starts, torch.from_numpy(sources))


def placed(rows, shape, starts, sources=None):
    """Each row from a flat place on."""
    ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    owners = np.full(shape, -1, np.int64)
    spans = []
    for start, row in zip(starts, rows):
        prompt_end = start + len(row.prompt)
        ids.flat[start:prompt_end] = row.prompt
        positions.flat[start:prompt_end] = np.arange(len(row.prompt))
        owners.flat[start:prompt_end] = 0
        at = prompt_end
        for number, response in enumerate(row.responses):
            end = at + len(response)
            ids.flat[at:end] = response
            positions.flat[at:end] = len(row.prompt) + np.arange(len(response))
            owners.flat[at:end] = number + 1
            spans.append((at, len(response), prompt_end - 1))
            at = end
    return Rows(*map(torch.from_numpy, (ids, positions, owners)), sources, spans)


def visible(rows, window=None):
    """[B, 1, S, S]: whether a token (second last axis) sees another; padding sees itself, so that no row is empty."""
    positions, owners = rows.positions, rows.owners
    query, key = positions[:, :, None], positions[:, None, :]
    sees = (key <= query) & ((owners[:, None, :] == 0) | (owners[:, None, :] == owners[:, :, None]))
    sees &= (owners[:, None, :] >= 0) & (owners[:, :, None] >= 0)
    if rows.sources is not None:
        sees &= rows.sources[:, None, :] == rows.sources[:, :, None]
    if window is not None:
        sees &= query - key < window
    sees |= torch.eye(positions.shape[1], dtype=torch.bool, device=positions.device)
    return sees[:, None]


def by_length(rows, most_tokens, is_packed=False):
    """Micro-batches as lists of indices: the longest rows first, at most so many tokens each, one row at least.

    Where rows are padded, padding counts.
    """
    order = sorted(range(len(rows)), key=lambda index: (-len(rows[index]), index))
    batches, tokens = [], 0
    for index in order:
        cost = len(rows[index]) if is_packed or not batches else len(rows[batches[-1][0]])
        if not batches or tokens + cost > most_tokens:
            batches.append([])
            tokens = 0
            cost = len(rows[index])
        batches[-1].append(index)
        tokens += cost
    return batches


def dealt(rows, rank, ranks):
    """Indices of a rank's share: the rows by length, dealt back and forth, so that shares are alike and fixed."""
    order = sorted(range(len(rows)), key=lambda index: (-len(rows[index]), index))
    turns = [list(range(ranks)), list(range(ranks))[::-1]]
    return [index for place, index in enumerate(order) if turns[place // ranks % 2][place % ranks] == rank]
