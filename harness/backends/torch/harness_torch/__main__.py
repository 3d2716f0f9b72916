"""`python -m harness_torch FOLDER`: carries out the job in a folder, alone or as a rank of torchrun.
`python -m harness_torch --serve`: carries out jobs as their folders come on stdin, a line each, and says "left FOLDER".

What happened stands in the folder's `events.jsonl`; its last line says how the job ended. The exit code says the same
only where nothing lies between this process and its caller.
"""

import sys

from .job import Events, JobError, read_job
from .ranks import die_with_parent


def serve():
    for line in sys.stdin:
        folder = line.rstrip('\n')
        carry_out(folder)
        print(f'left {folder}', flush=True)


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
    try:
        job = read_job(folder)
        work_of(job['kind'])(job)
        return 0
    except JobError as error:
        print(f'{error}\n{error.hint}', file=sys.stderr)
        try:
            events = Events(read_job(folder), True)
            events.emit(kind='ended', outcome='refused', message=str(error), hint=error.hint, exitCode=error.code)
            events.close()
        except JobError:
            pass
        return error.code


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: python -m harness_torch FOLDER|--serve')
    die_with_parent()
    sys.exit(serve() if sys.argv[1] == '--serve' else carry_out(sys.argv[1]))
