"""How fast a job goes, and what memory it takes."""

import resource
import sys
import time

import torch


def floating_operations(decoder, batch_rows, labels, learned):
    """Of a step, forward and backward, as the harness's own `trainFlops` counts them, without padding.

    Matrix products only: 2 a parameter and token forward, 2 through it backward and 2 for its own gradient where it
    learns; 12 S^2 H d a layer and row of S tokens for attention; as for parameters, the LM head at labels alone.
    """
    config = decoder.config
    embeddings = {id(decoder.lm.get_input_embeddings().weight), id(decoder.lm.get_output_embeddings().weight)}
    tokens = sum(batch_rows)
    total = 0
    for name, value in decoder.named().items():
        if id(value) not in embeddings and 'wpe' not in name and value.dim() >= 2:
            total += (6 if name in learned else 4) * value.numel() * tokens
    heads = config.num_attention_heads
    width = heads * (getattr(config, 'head_dim', None) or config.hidden_size // heads)
    total += 12 * config.num_hidden_layers * width * sum(length**2 for length in batch_rows)
    return total + 6 * config.vocab_size * config.hidden_size * labels


class Meter:
    """Tokens and operations since the last reading."""

    def __init__(self, ranks, peak_flops):
        self.ranks, self.peak = ranks, peak_flops
        self.begin()

    def begin(self):
        self.tokens, self.operations, self.at = 0, 0, time.monotonic()

    def add(self, tokens, operations):
        self.tokens += tokens
        self.operations += operations

    def read(self):
        """Of all ranks together; a call of all of them. `mfu`: of the accelerators' peak; None where it is not told."""
        seconds = time.monotonic() - self.at
        mfu = None if self.peak is None else self.operations / seconds / (self.peak * self.ranks.count)
        values = dict(
            tokensPerSecond=self.tokens / seconds, mfu=mfu, peakBytes=self.ranks.most(peak_bytes(self.ranks.device))
        )
        self.begin()
        return values


def peak_bytes(device):
    """Of the card, else of this process."""
    if device.type == 'cuda':
        return torch.cuda.max_memory_allocated(device)
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
