/** Whether this machine has what torch needs, asked before a sweep starts: better than hours later in a stage. */
import { execFile } from 'node:child_process';
import type { StageExecution } from '../../store/index.ts';
import { oneRank } from '../../spec/experiment-schema.ts';
import { UserError } from '../../spec/index.ts';
import { torchPython } from './find-python.ts';
import { cannotServe, pythonOptions } from './python.ts';

/** @throws UserError (3): no Python, a package is not there or too old, or fewer cards than ranks. */
export async function prepareTorch({ threads, ranks = oneRank }: StageExecution): Promise<void> {
  // What the nodes of an allocation have, this machine cannot say.
  const askedHere = ranks.nodes > 1 ? 0 : ranks.ranksPerNode;
  const python = torchPython().command;
  const { output, problem } = await answerOf(python, askedHere, threads);
  if (problem !== null) throw cannotServe(python, problem, problem) ?? refused(`${python} failed: ${problem}`, null);
  if (output === '') return;
  const { message, hint } = JSON.parse(output) as { readonly message: string; readonly hint: string };
  throw refused(message, hint);
}

function refused(message: string, hint: string | null): UserError {
  const look = 'Does this Python start, and does it load torch? HARNESS_TORCH_PYTHON names another.';
  return new UserError(`backend torch: ${message}`, { exitCode: 3, hint: hint ?? look });
}

interface Answer {
  readonly output: string;
  /** Why there is no answer. */
  readonly problem: string | null;
}

function answerOf(python: string, ranks: number, threads: number): Promise<Answer> {
  const { env } = pythonOptions(threads);
  return new Promise((resolve) => {
    execFile(python, ['-m', 'harness_torch.needs', String(ranks)], { env }, (error, output, said) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      resolve({ output: output.trim(), problem: error === null ? null : `${error.message.split('\n')[0]} ${last}` });
    });
  });
}
