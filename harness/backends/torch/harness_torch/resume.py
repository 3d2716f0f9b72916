"""Resume points of sharded runs: every rank writes its own part (torch.distributed.checkpoint, DCP), any number of
ranks reads them.

Below the folder of resume points stands one folder a step. It is written as `step-N.partial` and renamed when it is
whole; only then the one before is removed. Whatever the moment a job ends at, a whole one is there.
"""

import json
import os
import re
import shutil

import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.api import CheckpointException

from .job import JobError
from .state import refuse_full_disk

PROGRESS = 'progress.json'
NAME = re.compile(r'step-(\d+)')


def newest(folder, ranks):
    """(folder, its progress) of the last whole resume point, or None; a call of all ranks together."""
    return ranks.of_first(newest_in(folder) if ranks.is_first and folder is not None and folder.is_dir() else None)


def newest_in(folder):
    steps = [(int(found[1]), path) for path in folder.iterdir() if (found := NAME.fullmatch(path.name))]
    for _, path in sorted(steps, reverse=True):
        if (path / PROGRESS).is_file() and (path / '.metadata').is_file():
            return path, json.loads((path / PROGRESS).read_text())
    return None


def save(folder, tensors, progress, ranks):
    """@param tensors: by name; a call of all ranks together. @param progress: {step, tokensSeen}"""
    final = folder / f'step-{progress["step"]}'
    if newest(folder, ranks) == (final, progress):
        return
    partial = final.with_suffix('.partial')
    problem = ranks.first_text(prepared(folder, partial) if ranks.is_first else None)
    if problem is None:
        problem = written(partial, tensors, ranks)
    if ranks.is_first:
        problem = problem or committed(partial, final, progress)
        remove_others(folder, None if problem else final)
    refuse_full_disk(final, ranks.first_text(problem))


def prepared(folder, partial):
    """An empty folder to write to; what hinders it."""
    try:
        shutil.rmtree(partial, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
    except OSError as error:
        return error.strerror


def written(partial, tensors, ranks):
    """What the first rank that could not write its part says."""
    try:
        writer = dcp.FileSystemWriter(partial)
        dcp.save(tensors, storage_writer=writer, process_group=ranks.control, no_dist=ranks.count == 1)
    except (CheckpointException, OSError) as error:
        reason = next(iter(error.failures.values()))[0] if isinstance(error, CheckpointException) else error
        if not isinstance(reason, OSError):
            raise RuntimeError(f'{partial}: {reason}') from error
        return reason.strerror or str(reason)


def committed(partial, final, progress):
    try:
        with open(partial / PROGRESS, 'w', encoding='utf-8') as file:
            json.dump(progress, file)
            file.flush()
            os.fsync(file.fileno())
        sync(partial)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(partial, final)
        sync(final.parent)
    except OSError as error:
        return error.strerror


def sync(folder):
    """Makes the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_others(folder, kept):
    """All but one; half-written ones alone where there is none to keep."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.endswith('.partial') or (kept is not None and path != kept and NAME.fullmatch(path.name)):
            shutil.rmtree(path, ignore_errors=True)


def read_into(folder, tensors, ranks):
    """Fills tensors in place, whole ones or parts of any division."""
    try:
        reader = dcp.FileSystemReader(folder)
        dcp.load(tensors, storage_reader=reader, process_group=ranks.control, no_dist=ranks.count == 1)
    except (CheckpointException, OSError, KeyError, ValueError, RuntimeError) as error:
        raise JobError(
            f'{folder}: the resume point cannot be read: {str(error).strip().splitlines()[-1]}',
            f'Remove {folder} and run the same command again.',
        ) from error
