"""How a job fails and is stopped: what each rank leaves behind, what counts as out of memory, who asks to leave."""

import json
import os
import signal
import time
import traceback

import torch

KEPT_LINES = 20
# What ranks say whose peer has gone: they only follow another failure.
CONSEQUENCES = ('connection closed by peer', 'connection reset', 'broken pipe', 'timed out', 'nccl', 'gloo')


def is_out_of_memory(error):
    """Of a card, or of the host."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and 'not enough memory' in str(error).lower()


def is_consequence(error):
    """Whether it says no more than that another rank has left."""
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in CONSEQUENCES)


def write_error(folder, rank, error):
    """`rank-N.error.json`, whole or not at all. The cause is the earliest of those that are no consequence.

    Ranks that are killed leave none: where all are consequences, a rank without a file is the one that went first.
    """
    said = ''.join(traceback.format_exception(error)).rstrip().split('\n')
    values = dict(
        rank=rank,
        timeMs=round(time.time() * 1000),
        message=str(error) or type(error).__name__,
        kind=type(error).__name__,
        isConsequence=is_consequence(error),
        isOutOfMemory=is_out_of_memory(error),
        hint=getattr(error, 'hint', None),
        exitCode=getattr(error, 'code', None),
        lastLines=said[-KEPT_LINES:],
    )
    path = os.path.join(folder, f'rank-{rank}.error.json')
    with open(f'{path}.partial', 'w', encoding='utf-8') as file:
        json.dump(values, file)
    os.replace(f'{path}.partial', path)


class StopRequest:
    """The file `stop` in the folder of the job, SIGTERM and SIGINT all ask a rank to save and leave.

    A context: signals have their former meaning after it. The file is looked for by one rank only.
    """

    def __init__(self, folder, looks_for_file):
        self.file = folder / 'stop' if looks_for_file else None
        self.has_signal, self.former = False, {}

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.former[number] = signal.signal(number, self.hear)
        return self

    def __exit__(self, *_):
        for number, handler in self.former.items():
            signal.signal(number, handler)

    def hear(self, *_):
        self.has_signal = True

    @property
    def is_asked(self):
        return self.has_signal or (self.file is not None and self.file.exists())


def is_compile_error(error):
    """Of torch.compile, whichever part of it."""
    return any(of.__module__.startswith(('torch._dynamo', 'torch._inductor')) for of in type(error).__mro__)
