"""`python -m harness_torch.launch FOLDER ARGUMENTS`: torchrun with these arguments for the job in a folder.

torchrun's exit code tells nothing about its ranks, and a rank that was killed tells nothing at all. What this node saw
of them stands in `node-<host>-<pid>.error.json`, and so does a rendezvous that failed.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import parse_args, run


def main(folder, arguments):
    options = parse_args(arguments)
    settings = dict(one.split('=') for one in options.rdzv_conf.split(',') if one)
    if 'join_timeout' in settings:
        watch(folder, Path(options.log_dir), float(settings['join_timeout']))
    try:
        run(options)
    except ChildFailedError as error:
        tell(folder, failures=[described(rank, failure) for rank, failure in error.failures.items()])
        return 1
    except Exception as error:
        tell(folder, message=f'{type(error).__name__}: {error}')
        raise
    return 0


def watch(folder, logs, patience):
    """Ends this node where its ranks, whose logs are made when they start, are not there in time.

    torchrun has a limit for nodes that do not come, and none for a port at which something else listens.
    """

    def look():
        time.sleep(patience + 1)
        if not any(logs.glob('*/attempt_*')):
            tell(folder, message='nobody there')
            os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def described(rank, failure):
    """The first that torchrun noticed comes first, whatever ended it."""
    ended_by = signal.Signals(-failure.exitcode).name if failure.exitcode < 0 else None
    return dict(rank=rank, exitCode=failure.exitcode, signal=ended_by, pid=failure.pid)


def tell(folder, **values):
    path = os.path.join(folder, f'node-{socket.gethostname()}-{os.getpid()}.error.json')
    with open(f'{path}.partial', 'w', encoding='utf-8') as file:
        json.dump(dict(host=socket.gethostname(), **values), file)
    os.replace(f'{path}.partial', path)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
