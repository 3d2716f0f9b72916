"""Whether a model keeps the responses of a row apart: it must read masks and positions as they are given to it."""

import torch

from .job import JobError
from .rows import Row

TOLERANCE = 1e-3


@torch.no_grad()
def refuse_mixing(decoder, pair, layout, device):
    """Compares rows of two responses each, in one micro-batch, with rows of one response alone. In float32; a call of
    all ranks together.

    @throws JobError where they differ
    """
    prompt, chosen, rejected, _ = pair
    numerics, decoder.numerics = decoder.numerics, 'float32'
    try:
        together = last_states(decoder, layout.tensors(2 * [Row(prompt, (chosen, rejected))]).to(device))
        one, other = (
            last_states(decoder, layout.tensors([Row(prompt, (alone,))]).to(device)) for alone in (chosen, rejected)
        )
    finally:
        decoder.numerics = numerics
    apart = torch.cat([one, other, one, other])
    difference = float((together - apart).abs().max() / apart.abs().max().clamp(min=1e-6))
    if not difference < TOLERANCE:
        raise JobError(
            f'models of type {decoder.config.model_type} let the responses of a row see one another '
            f'(final states differ by {difference:.1e} of the largest)',
            'Use a model of a family whose attention reads masks and positions, such as Qwen, Llama or Gemma.',
        )


def last_states(decoder, rows):
    """Final hidden states at the last tokens of responses."""
    states = []
    hook = decoder.score.register_forward_pre_hook(lambda _module, given: states.append(given[0]))
    try:
        decoder(rows, True, None)
    finally:
        hook.remove()
    return states[0][[start + length - 1 for start, length, _ in rows.spans]]
