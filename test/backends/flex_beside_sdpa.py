"""`python flex_beside_sdpa.py JOB...`: FlexAttention over packed rows beside the other kernels, forward, on the CPU.

Prints for each job the largest difference of its first step's rewards, relative to the largest reward. Uncompiled: what
is compared is the mask and what `transformers` makes of it, as on a card.
"""

import sys

import torch
from torch.nn.attention import flex_attention as flex
from torch.nn.attention.flex_attention import create_mask

from harness_torch import attention
from harness_torch.batches import Layout, Pairs
from harness_torch.decoder import Decoder
from harness_torch.job import read_job
from harness_torch.loading import Filling, Weights, config_of, parameters_nowhere
from harness_torch.rows import visible

attention.flex_attention = lambda: flex.flex_attention


def rewards(job, layout, on_card):
    stored = Weights(job.path('weights'), None)
    with parameters_nowhere():
        config, has_bias = config_of(job.path('model')), 'score.bias' in stored
        decoder = Decoder(config, job['rewardPooling'], has_bias, packs_on_card=on_card)
    Filling(decoder, stored.of(decoder), torch.device('cpu'))(decoder)
    rows = layout.tensors([layout.row(pair) for pair in Pairs(job).at(0)])
    if on_card:
        refuse_other_mask(rows)
    with torch.no_grad():
        return decoder(rows, True, None)[0]


def refuse_other_mask(rows):
    size = rows.ids.shape[1]
    told = rows.owners[0] >= 0
    for window in (None, 4):
        mask = attention.block_mask(rows, window)
        dense = create_mask(mask.mask_mod, None, None, size, size, device='cpu')[0, 0]
        if not torch.equal(dense[told][:, told], visible(rows, window)[0, 0][told][:, told]) or not dense.any(-1).all():
            sys.exit(f'another mask under a window of {window}')


for folder in sys.argv[1:]:
    job = read_job(folder)
    padded = rewards(job, Layout(True, False, 1), False)
    packed = rewards(job, Layout(True, True, attention.BLOCK), True)
    print(float((padded - packed).abs().max() / padded.abs().max()))
