/** A built harness, started as a person would: its own command line is all that two versions of it must share. */
import { join } from 'node:path';
import { execaNode } from 'execa';
import { UserError } from '../spec/user-error.ts';
import { isRecord, parseJson } from '../store/index.ts';
import { speedRunSchema, type SpeedRun } from './samples.ts';

export interface Program {
  /** The file that Node.js is given. */
  readonly entry: string;
  /** Where it is started: paths of experiments are relative to it. */
  readonly folder: string;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string>>;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  /** What it said last. */
  readonly complaint: string;
}

async function run(program: Program, args: readonly string[], { signal, env }: RunOptions): Promise<Ended> {
  const { exitCode, stdout, stderr, isCanceled, shortMessage } = await execaNode(program.entry, args, {
    cwd: program.folder,
    env,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  if (isCanceled) signal.throwIfAborted();
  const complaint = stderr.trim().split('\n').slice(-3).join('\n  ');
  return { exitCode: exitCode ?? -1, stdout, complaint: complaint === '' ? (shortMessage ?? '') : complaint };
}

/** One run in a fresh process. A text says why there is none: an older program has no such command. */
export async function runSpeeds(
  program: Program,
  milliseconds: number,
  options: RunOptions,
): Promise<SpeedRun | string> {
  const args = ['bench', 'samples', '--runs', '1', '--milliseconds', String(milliseconds), '--json'];
  const { exitCode, stdout, complaint } = await run(program, args, options);
  const document = parseJson(stdout);
  const [found] = isRecord(document) && Array.isArray(document['speed']) ? (document['speed'] as unknown[]) : [];
  const { data } = speedRunSchema.safeParse(found);
  return data ?? `\`harness bench samples\` of it ended with ${exitCode}: ${complaint}`;
}

/**
 * Sweeps an experiment into a folder of its own. Trials that fail are in the records.
 *
 * @returns The name of the experiment.
 * @throws UserError as the sweep does, where it did not come to its end.
 */
export async function sweepWith(
  program: Program,
  { spec, results }: { readonly spec: string; readonly results: string },
  options: RunOptions,
): Promise<string> {
  const args = ['sweep', spec, '--quiet', '--json', '--results', results, '--reports', join(results, 'reports')];
  const { exitCode, stdout, complaint } = await run(program, args, options);
  const document = parseJson(stdout);
  const name = isRecord(document) ? document['experiment'] : undefined;
  if ((exitCode === 0 || exitCode === 1 || exitCode === 4) && typeof name === 'string') return name;
  throw new UserError(`the sweep of ${spec} ended with ${exitCode}:\n  ${complaint}`, {
    exitCode: exitCode === 2 || exitCode === 3 ? exitCode : 4,
    hint: 'Run it by itself: harness sweep SPEC',
  });
}
