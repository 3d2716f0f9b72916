"""`python -m harness_torch FOLDER`: carries out the job in a folder, alone or as a rank of torchrun.
`python -m harness_torch --serve`: carries out jobs as their folders come on stdin, a line each, and says "left FOLDER".

What happened stands in the folder's `events.jsonl`; its last line says how the job ended. A rank that fails leaves
`rank-N.error.json` beside it. The exit code says the same only where nothing lies between this process and its caller.
"""

import gc
import os
import signal
import sys
import traceback

from .job import Events, JobError, read_job
from .ranks import own_rank
from .start import bind


def serve():
    for line in sys.stdin:
        folder = line.rstrip('\n')
        carry_out(folder)
        give_back()
        print(f'left {folder}', flush=True)
    return 0


def give_back():
    """The memory of a job: the next one may be another process's. What a kind keeps open between jobs stays."""
    gc.collect()
    torch = sys.modules.get('torch')
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def work_of(kind):
    """Each kind loads what it takes, and no more."""
    if kind == 'train':
        from .train import train as work
    elif kind == 'score-folder':
        from .score_folder import score_folder as work
    elif kind == 'generate':
        from .generate import generate as work
    else:
        from .score import score as work
    return work


def carry_out(folder):
    from .failures import write_error

    try:
        job = read_job(folder)
        work_of(job['kind'])(job)
        return 0
    except JobError as error:
        print(f'{error}\n{error.hint}', file=sys.stderr)
        if os.path.isdir(folder):
            write_error(folder, own_rank(), error)
        if own_rank() == 0:
            tell_refusal(folder, error)
        return error.code
    except Exception as error:
        write_error(folder, own_rank(), error)
        raise


def tell_refusal(folder, error):
    try:
        events = Events(read_job(folder), True)
    except JobError:
        return
    events.emit(kind='ended', outcome='refused', message=str(error), hint=error.hint, exitCode=error.code)
    events.close()


def main(argument):
    try:
        return serve() if argument == '--serve' else carry_out(argument)
    except Exception:
        traceback.print_exc()
        return 1


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: python -m harness_torch FOLDER|--serve')
    bind(signal.SIGKILL)
    code = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    # Without taking torch down in order: where a rank has failed that waits for the others, and it may abort besides.
    os._exit(code)
