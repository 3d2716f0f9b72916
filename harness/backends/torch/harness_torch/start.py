"""`python -m harness_torch.start MODULE ARGUMENTS`: what `python -m MODULE ARGUMENTS` does, bound to the process that
started it. `python -m harness_torch.start --program COMMAND ARGUMENTS`: the same of any program.

Linux ends this process with its parent, however that one ends. Loading torch takes seconds, so the bond is made before:
no torch here. HARNESS_TORCH_PARENT is the pid of whoever asked for it, so that one is missed that was gone before.
"""

import ctypes
import os
import runpy
import signal
import sys

PARENT = 'HARNESS_TORCH_PARENT'
PR_SET_PDEATHSIG = 1


def bind(death):
    """@param death: the signal that the parent's end sends to this process."""
    parent = os.getppid()
    asked_by = int(os.environ.pop(PARENT, parent))
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death)
    # A program between the two (`conda run`) is the parent then, and ends with whoever asked, or does not.
    if os.getppid() != parent or not is_there(asked_by):
        sys.exit(f'process {asked_by}, which asked for this one, is gone')


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def main(arguments):
    if arguments[0] == '--program':
        # A program that has processes elsewhere (srun) must have the time to end them.
        bind(signal.SIGTERM)
        os.execvp(arguments[1], arguments[1:])
    bind(signal.SIGKILL)
    os.environ[PARENT] = str(os.getpid())
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name='__main__', alter_sys=True)


if __name__ == '__main__':
    if len(sys.argv) < 2 or sys.argv[1:] == ['--program']:
        sys.exit('usage: python -m harness_torch.start MODULE|--program COMMAND ARGUMENTS')
    main(sys.argv[1:])
