"""The gradients of a step, in micro-batches that fit the memory.

A rank's share is its own rows. Ranks of a sharded model need one another for every layer: they take equally many turns,
and one that has no rows left takes an idle one.
"""

import gc

import torch

from .failures import is_compile_error, is_out_of_memory
from .job import JobError
from .losses import Counts, Sums, losses
from .sharding import Traffic, can_break_off, forget_gradients

IDLE = (([0], [0], [0], 0.0),)


class Gradients:
    """`on_halved`: told where micro-batches become smaller, with the tokens that they hold now."""

    def __init__(self, decoder, objective, layout, ranks, is_sharded, tokens_at_once, on_halved):
        self.decoder, self.objective, self.layout, self.ranks = decoder, objective, layout, ranks
        self.is_sharded, self.tokens_at_once, self.on_halved = is_sharded, tokens_at_once, on_halved
        self.traffic = None
        if is_sharded and can_break_off(decoder):
            self.traffic = Traffic(decoder)
            self.turn(None, Counts(1, 1))
            forget_gradients(self.decoder)

    def of_step(self, batch, counts):
        """Adds up gradients on this rank's parameters; the sums of its share's measurements.

        Where any rank runs out of memory, all take the step again in smaller parts, and its batch stays the same.
        @throws JobError where even single rows do not fit
        """
        while True:
            forget_gradients(self.decoder)
            shares = self.layout.shares(batch, self.ranks.count, self.tokens_at_once)
            sums = self.of_share(batch, shares, counts)
            if not self.ranks.any(sums is None):
                return sums
            forget_gradients(self.decoder)
            gc.collect()
            if self.ranks.device.type == 'cuda':
                torch.cuda.empty_cache()
            self.halve(batch, [some for share in shares for some in share])

    def halve(self, batch, micro_batches):
        """The same on all ranks: it follows from the step's data."""
        largest = max(self.layout.tokens(batch, some) for some in micro_batches)
        if all(len(some) == 1 for some in micro_batches):
            raise JobError(
                f'out of memory: a single row of {largest} tokens does not fit',
                'Use gradient checkpointing, bfloat16, more ranks with sharding, or shorter pairs.',
            )
        self.tokens_at_once = max(1, min(self.tokens_at_once, largest) // 2)
        self.on_halved(self.tokens_at_once)

    def of_share(self, batch, shares, counts):
        """None out of memory."""
        mine = [[batch[index] for index in some] for some in shares[self.ranks.rank]]
        if self.is_sharded:
            mine += [None] * (max(map(len, shares)) - len(mine))
        sums = Sums.nothing(self.ranks.device).stacked()
        for pairs in mine:
            # A sharded rank that has run out of memory goes along with the others to the end of the share.
            found = self.attempted(pairs if sums is not None else None, counts)
            if found is None and not self.is_sharded:
                return None
            sums = None if found is None or sums is None else sums + found
        return sums

    def attempted(self, pairs, counts):
        """The sums of a turn; None out of memory."""
        try:
            return self.turn(pairs, counts)
        except Exception as error:
            if is_compile_error(error):
                said = ' '.join(str(error).split('\n')[:2])
                raise JobError(f'torch.compile failed: {said}', 'Turn compile off.') from error
            if not is_out_of_memory(error):
                raise
            if self.is_sharded and self.traffic is None:
                raise JobError(
                    f'out of memory: {self.tokens_at_once} tokens at once do not fit',
                    'Set fewer tokens at once: with sharding, a torch before 2.13 cannot find out by itself.',
                ) from error
        # Behind the except: the error holds on to what was computed.
        if self.traffic is not None:
            self.traffic.break_off()
        return None

    def turn(self, pairs, counts):
        """Forward and backward of a micro-batch; idle where there are no pairs."""
        if self.traffic is not None:
            self.traffic.begin()
        rows, placed = self.layout.micro_batch(pairs or IDLE)
        total, sums = losses(self.decoder, rows.to(self.ranks.device), placed, self.objective, counts)
        share = 1 if pairs else 0
        if total.requires_grad:
            (total * share).backward()
        if self.traffic is not None:
            self.traffic.end()
        return sums.stacked() * share
