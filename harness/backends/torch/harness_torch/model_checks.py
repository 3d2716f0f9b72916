"""Whether a model that no test of the harness knows computes what the harness takes for granted."""

import torch

from .job import JobError
from .rows import Row

TOLERANCE = 1e-3


@torch.no_grad()
@torch.compiler.set_stance('force_eager')
def refuse_strangers(decoder, pair, layout, device):
    """In float32, and nothing is compiled for it; a call of all ranks together.

    @throws JobError where a model reads masks or positions in its own way, or has more behind its LM head
    """
    numerics, decoder.numerics = decoder.numerics, 'float32'
    try:
        mixed = mixing(decoder, pair, layout, device)
        other = decoder.difference_from_class(layout.tensors([layout.row(pair)]).to(device))
    finally:
        decoder.numerics = numerics
    kind = f'models of type {decoder.config.model_type}'
    if not mixed < TOLERANCE:
        refuse(f'{kind} let the responses of a row see one another (final states differ by {mixed:.1e} of the largest)')
    if not other < TOLERANCE:
        refuse(f'{kind} change logits behind the LM head in a way of their own (they differ by {other:.1e})')


def refuse(message):
    raise JobError(message, 'Use a model of another family: Qwen, Llama, Mistral, Gemma, Phi, OLMo, SmolLM and more.')


def mixing(decoder, pair, layout, device):
    """How far rows of two responses each, in one micro-batch, are from rows of one response alone."""
    prompt, chosen, rejected, _ = pair
    together = last_states(decoder, layout.tensors(2 * [Row(prompt, (chosen, rejected))]).to(device))
    one, other = (
        last_states(decoder, layout.tensors([Row(prompt, (alone,))]).to(device)) for alone in (chosen, rejected)
    )
    apart = torch.cat([one, other, one, other])
    return float((together - apart).abs().max() / apart.abs().max().clamp(min=1e-6))


def last_states(decoder, rows):
    """Final hidden states at the last tokens of responses."""
    states = []
    hook = decoder.score.register_forward_pre_hook(lambda _module, given: states.append(given[0]))
    try:
        decoder(rows, True, None)
    finally:
        hook.remove()
    return states[0][[start + length - 1 for start, length, _ in rows.spans]]
