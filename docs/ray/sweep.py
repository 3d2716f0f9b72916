"""Carry out the stages of an experiment as tasks of Ray.

    python docs/ray/sweep.py experiments/smoke.yaml --results results [--device cpu] [--cpus 1] [--tries 3]

The results folder, the cache and the project are at the same paths on all nodes. Files are the truth: a stage that is
done is not run again, whoever ran it, and `harness sweep` goes on from where this was stopped. Needs ray >= 2.9.
"""

import argparse
import ctypes
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import ray

# Exit codes of `harness stage run` after which another try gives the same: failed, not a stage, a bug.
FINAL = {1, 2, 70}
PR_SET_PDEATHSIG = 1


class TryAgain(Exception):
    """The machine was at fault, or somebody else is in the folder."""


def end_with_worker() -> None:
    """A stage does not outlive the worker of Ray that started it: it saves, and the next try goes on from there."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def carry_out(harness: list[str], folder: str) -> tuple[int, str]:
    """Run one stage to its end. Returns its exit code and the last lines it wrote."""
    process = subprocess.Popen(
        [*harness, "stage", "run", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_worker,
    )
    try:
        _, words = process.communicate()
    except BaseException:  # cancelled
        process.terminate()
        process.wait()
        raise
    last = "\n".join(words.strip().splitlines()[-20:])
    if process.returncode == 0 or process.returncode in FINAL:
        return process.returncode, last
    raise TryAgain(f"{folder} ended with {process.returncode}: {last}")


class Experiment:
    """What `harness stage ready` says of one."""

    def __init__(self, harness: list[str], arguments: list[str]) -> None:
        self.command = [*harness, "stage", "ready", *arguments, "--json"]

    def ready(self) -> dict:
        """Write task.json of all stages that could run now. A refusal ends the program with its exit code."""
        answer = subprocess.run(self.command, stdout=subprocess.PIPE, text=True)
        if answer.returncode != 0:
            sys.exit(answer.returncode)
        return json.loads(answer.stdout)


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("spec")
    parser.add_argument("--results", default="results")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cpus", type=float, default=1, help="of a stage")
    parser.add_argument("--gpus", type=float, default=0, help="of a stage")
    parser.add_argument("--tries", type=int, default=3, help="of a stage, where a machine is at fault")
    parser.add_argument("--harness", default=shlex.quote(str(root / "harness/cli/bin.mjs")), help="command of the program")
    flags = parser.parse_args()
    harness = shlex.split(flags.harness)
    ray.init(log_to_driver=False)
    task = ray.remote(carry_out).options(
        num_cpus=flags.cpus,
        num_gpus=flags.gpus,
        max_retries=flags.tries - 1,
        retry_exceptions=[TryAgain],
    )
    experiment = Experiment(harness, [flags.spec, "--results", flags.results, "--device", flags.device])
    running: dict = {}
    failed: set[str] = set()
    while True:
        state = experiment.ready()
        known = {*running.values(), *failed}
        running |= {task.remote(harness, folder): folder for folder in state["ready"] if folder not in known}
        if not running:
            break
        for ended in ray.wait(list(running), num_returns=1)[0]:
            folder = running.pop(ended)
            try:
                code, words = ray.get(ended)
            except ray.exceptions.RayError as error:
                code, words = 4, str(error)
            if code != 0:
                failed.add(folder)
            print(f"{Path(folder).name}: {'done' if code == 0 else f'exit code {code}'}", flush=True)
            if code != 0:
                print(words, file=sys.stderr, flush=True)
    print(f"{state['done']} done, {state['failed'] or len(failed)} failed, {state['blocked']} blocked")
    return 1 if failed or state["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
