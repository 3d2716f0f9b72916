"""Which kernels compute attention over rows whose responses must not see one another.

Everywhere it is torch's scaled dot product under a mask of every pair of places. A packed row on a card is long, and
such a mask grows with the square of its length: there it is FlexAttention, which skips the blocks that nothing sees.
"""

import functools

import torch
from transformers import AttentionInterface

from .rows import visible

BLOCK = 128  # of FlexAttention: packed rows end on one
PACKED = 'harness_packed'


def kind_of(config, packs_on_card):
    """As `transformers` calls it."""
    if packs_on_card:
        return PACKED
    # Scores are capped by none of torch's fused kernels.
    return 'eager' if getattr(config, 'attn_logit_softcapping', None) is not None else 'sdpa'


def mask_of(rows, kind, window=None):
    """In the form that a kind of attention reads."""
    if kind == PACKED:
        return block_mask(rows, window)
    sees = visible(rows, window)
    if kind == 'sdpa':
        return sees
    return torch.zeros(sees.shape, device=sees.device).masked_fill(~sees, torch.finfo(torch.float32).min)


def block_mask(rows, window):
    """What `visible` says, for FlexAttention."""
    from torch.nn.attention.flex_attention import BlockMask, create_block_mask

    BlockMask.ndim = 4  # some models ask any mask for it
    positions, owners, sources = rows.positions[0], rows.owners[0], rows.sources[0]

    def sees(_batch, _head, query, key):
        is_read = (owners[key] == 0) | (owners[key] == owners[query])
        found = (positions[key] <= positions[query]) & is_read & (sources[key] == sources[query])
        if window is not None:
            found = found & (positions[query] - positions[key] < window)
        return found

    size, device = len(positions), positions.device
    # Compiled, the mask never exists place by place.
    return create_block_mask(sees, None, None, size, size, device=device, _compile=device.type == 'cuda')


@functools.cache
def flex_attention():
    from torch.nn.attention.flex_attention import flex_attention as function

    return torch.compile(function)


def packed_attention(module, query, key, value, attention_mask, scaling=None, softcap=None, **_):
    """A function for `transformers`: what comes is [1, heads, S, D], what goes is [1, S, heads, D]."""
    if attention_mask is None:
        raise ValueError('packed rows need a mask')
    cap = None if softcap is None else (lambda score, *_places: softcap * torch.tanh(score / softcap))
    has_groups = query.shape[1] != key.shape[1]
    output = flex_attention()(
        query, key, value, score_mod=cap, block_mask=attention_mask, scale=scaling, enable_gqa=has_groups
    )
    return output.transpose(1, 2).contiguous(), None


AttentionInterface.register(PACKED, packed_attention)
