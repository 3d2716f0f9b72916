"""Rows of token ids as tensors.

A row is `[prompt | response 1 | response 2 ...]`: the prompt is computed once, positions restart after it, and the mask
keeps responses from seeing one another. Rows of a micro-batch are padded to the longest.
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
    """`ends` and `spans` are flat: places in B x S, responses in row order."""

    ids: torch.Tensor  # [B, S]
    positions: torch.Tensor  # [B, S]
    owners: torch.Tensor  # [B, S]: 0 = prompt, k = response k, -1 = padding
    spans: list  # of each response: (flat place of its first token, its length, flat place of the prompt's last token)

    def to(self, device):
        moved = (tensor.to(device, non_blocking=True) for tensor in (self.ids, self.positions, self.owners))
        return Rows(*moved, self.spans)


def padded(rows):
    length = max(map(len, rows))
    ids = np.zeros((len(rows), length), np.int64)
    positions = np.zeros_like(ids)
    owners = np.full_like(ids, -1)
    spans = []
    for index, row in enumerate(rows):
        prompt = len(row.prompt)
        ids[index, :prompt] = row.prompt
        positions[index, :prompt] = np.arange(prompt)
        owners[index, :prompt] = 0
        at = prompt
        for number, response in enumerate(row.responses):
            end = at + len(response)
            ids[index, at:end] = response
            positions[index, at:end] = prompt + np.arange(len(response))
            owners[index, at:end] = number + 1
            spans.append((index * length + at, len(response), index * length + prompt - 1))
            at = end
    return Rows(torch.from_numpy(ids), torch.from_numpy(positions), torch.from_numpy(owners), spans)


def visible(rows, window=None):
    """[B, 1, S, S]: whether a token (second last axis) sees another; padding sees itself, so that no row is empty."""
    positions, owners = rows.positions, rows.owners
    query, key = positions[:, :, None], positions[:, None, :]
    sees = (key <= query) & ((owners[:, None, :] == 0) | (owners[:, None, :] == owners[:, :, None]))
    sees &= (owners[:, None, :] >= 0) & (owners[:, :, None] >= 0)
    if window is not None:
        sees &= query - key < window
    sees |= torch.eye(positions.shape[1], dtype=torch.bool, device=positions.device)
    return sees[:, None]


def by_length(rows, most_tokens):
    """Micro-batches as lists of indices: the longest rows first, at most so many padded tokens each, one row at least."""
    order = sorted(range(len(rows)), key=lambda index: (-len(rows[index]), index))
    batches, width = [], 0
    for index in order:
        if not batches or (len(batches[-1]) + 1) * width > most_tokens:
            batches.append([])
            width = len(rows[index])
        batches[-1].append(index)
    return batches


def dealt(rows, rank, ranks):
    """Indices of a rank's share: the rows by length, dealt back and forth, so that shares are alike and fixed."""
    order = sorted(range(len(rows)), key=lambda index: (-len(rows[index]), index))
    turns = [list(range(ranks)), list(range(ranks))[::-1]]
    return [index for place, index in enumerate(order) if turns[place // ranks % 2][place % ranks] == rank]
