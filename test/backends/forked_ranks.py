"""Carries out jobs of the backend torch, each by some ranks, in one process that loads torch once and forks them.

`python forked_ranks.py CASES.json`: a list of {folder, ranks, faults}. `faults` names functions of this file, with an
argument each, that a rank calls before it begins: they make happen what a test cannot wait for.
"""

import json
import os
import resource
import signal
import socket
import sys

import numpy as np
import torch

from harness_torch import __main__ as program
from harness_torch import decoder, resume, score, train, training, update  # noqa: F401: loaded before the fork
from harness_torch.sharding import own_part, whole


def rank():
    return int(os.environ['RANK'])


def sgd(_):
    """Updates by the gradient alone: behind a limit of the norm, AdamW hides one that is wrong by a factor."""

    @torch.no_grad()
    def step(self, _number, rate):
        parts = [own_part(self.parameters[name].grad) for name in self.read]
        norm = self.norm_of(parts)
        torch._foreach_add_(self.values_read(), parts, alpha=-rate)
        return norm

    update.AdamW.step = step


def gradients_to(path):
    """Writes the first step's gradients, whole, as float32 values of all parameters by name."""
    taken = update.AdamW.step

    def step(self, number, rate):
        if number == 0:
            found = {name: whole(self.parameters[name].grad) for name in sorted(self.read)}
            if rank() == 0:
                np.savez(path, **{name: value.numpy() for name, value in found.items()})
        return taken(self, number, rate)

    update.AdamW.step = step


def out_of_memory(wanted):
    """wanted = {rank, tokens, kind}: on this rank, micro-batches of more tokens do not fit, in their backward pass.

    `at`: with it, where in the forward pass a layer gives up instead.
    """
    if rank() != wanted['rank']:
        return
    errors = {
        'card': lambda: torch.OutOfMemoryError('CUDA out of memory'),
        'host': lambda: RuntimeError('[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate'),
    }

    class Full(torch.autograd.Function):
        @staticmethod
        def forward(_context, value):
            return value.clone()

        @staticmethod
        def backward(_context, gradient):
            raise errors[wanted['kind']]()

    made = training.load_decoder

    def load(*given):
        decoder = made(*given)
        layer = decoder.layers[len(decoder.layers) // 2]
        computed = layer.forward

        def forward(hidden, *args, **named):
            is_large = torch.is_grad_enabled() and hidden.shape[0] * hidden.shape[1] > wanted['tokens']
            if is_large and wanted.get('at') == 'forward':
                raise errors[wanted['kind']]()
            return computed(Full.apply(hidden) if is_large else hidden, *args, **named)

        layer.forward = forward
        return decoder

    training.load_decoder = load


def scoring_out_of_memory(tokens):
    """Rows of more tokens together, padding included, do not fit where they are scored."""
    computed = decoder.Decoder.forward

    def forward(self, rows, *args):
        if rows.ids.numel() > tokens:
            raise torch.OutOfMemoryError('CUDA out of memory')
        return computed(self, rows, *args)

    decoder.Decoder.forward = forward


def file_limit(wanted):
    """wanted = {rank, bytes}: no file of this rank grows further, as on a full disk."""
    if rank() == wanted['rank']:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wanted['bytes'], wanted['bytes']))


def stop_at(wanted):
    """wanted = {rank, step, signal}: a rank is told to stop as it takes a step; killed where the signal is SIGKILL."""
    taken = training.Training.take_step

    def take_step(self):
        if self.step == wanted['step'] and rank() == wanted['rank']:
            os.kill(os.getpid(), getattr(signal, wanted['signal']))
        return taken(self)

    training.Training.take_step = take_step


def compiler_fails(_):
    """torch.compile finds no code for what it is given. What has no gradients is a check, which runs uncompiled."""

    def compiled(function, **_settings):
        def run(*args, **named):
            if not torch.is_grad_enabled():
                return function(*args, **named)
            raise torch._dynamo.exc.BackendCompilerFailed('inductor', RuntimeError('no compiler'), None)

        return run

    torch.compile = compiled


def ignores_masks(_):
    """A model that looks at all that stands before."""
    decoder.Decoder.masks = lambda _self, _rows: None


def fails_at(wanted):
    """wanted = {rank, step}: an error that nothing expects."""
    taken = training.Training.take_step

    def take_step(self):
        if self.step == wanted['step'] and rank() == wanted['rank']:
            raise ValueError('as told')
        return taken(self)

    training.Training.take_step = take_step


def killed_saving(wanted):
    """wanted = {rank, step}: a rank is killed as it is to write its part of a sharded resume point."""
    written = resume.written

    def write(partial, tensors, ranks):
        if rank() == wanted['rank'] and partial.name.startswith(f'step-{wanted["step"]}.'):
            os.kill(os.getpid(), signal.SIGKILL)
        return written(partial, tensors, ranks)

    resume.written = write


def save_every(steps):
    """A resume point whenever so many steps have been taken, whatever the clock says."""
    taken = training.Training.take_step

    def take_step(self):
        if self.step and self.step % steps == 0:
            self.save()
        return taken(self)

    training.Training.take_step = take_step


def carry_out(case):
    """The exit codes of all ranks."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    ranks = case['ranks']
    children = []
    for own in range(ranks):
        child = os.fork()
        if child == 0:
            place = dict(RANK=own, LOCAL_RANK=own, WORLD_SIZE=ranks, MASTER_ADDR='127.0.0.1', MASTER_PORT=port)
            os.environ.update({name: str(value) for name, value in place.items()})
            for name, argument in case.get('faults', {}).items():
                globals()[name](argument)
            code = program.main(case['folder'])
            sys.stderr.flush()
            os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        cases = json.load(file)
    print(json.dumps([carry_out(case) for case in cases]))
