/**
 * Our engine against another program that takes the same step, round by round in turn. The other program is a script
 * `node SCRIPT threads rows steps` that ends with a line `... tok/s best B median M`.
 */
import { execaNode } from 'execa';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import { median } from '../stats/index.ts';
import { inTurns, machineName, ratioSummary, type RatioSummary } from './in-turns.ts';
import { referenceSize, type EngineStepResult } from './engine-step.ts';

export interface ProofOptions {
  readonly script: string;
  readonly rounds: number;
  readonly threads: number;
  readonly steps: number;
}

export interface ProofComparison extends RatioSummary {
  readonly threads: number;
  readonly stepsPerRound: number;
  readonly machine: string;
  /** Tokens a second from the median step of the round. */
  readonly rounds: readonly { readonly ours: number; readonly theirs: number; readonly ratio: number }[];
}

/**
 * Every round is a new process for both sides. Throws UserError (exit 4) where the script does not run or does not say
 * its speed.
 */
export async function compareWithProof(options: ProofOptions): Promise<ProofComparison> {
  const measured = await inTurns(
    options.rounds,
    () => ourSpeed(options),
    () => theirSpeed(options),
  );
  const rounds = measured.map(({ ours, theirs }) => ({ ours, theirs, ratio: ours / theirs }));
  return {
    threads: options.threads,
    stepsPerRound: options.steps,
    machine: machineName(),
    rounds,
    ...ratioSummary(rounds.map(({ ratio }) => ratio)),
  };
}

async function ourSpeed({ threads, steps }: ProofOptions): Promise<number> {
  const entry = fileURLToPath(new URL(`engine-step-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [String(threads), String(steps)], { ipc: true, nodeOptions: [] });
  const { tokensPerStep, stepMs } = (await child.getOneMessage()) as unknown as EngineStepResult;
  await child;
  return (tokensPerStep / median(stepMs.slice(1))) * 1000;
}

async function theirSpeed({ script, threads, steps }: ProofOptions): Promise<number> {
  const flags = [String(threads), String(referenceSize.rows), String(steps)];
  const { stdout, failed, stderr } = await execaNode(script, flags, { reject: false });
  const speed = Number(/tok\/s best \d+ median (\d+)/.exec(stdout)?.[1]);
  if (failed || !(speed > 0)) throw withoutSpeed(script, stderr);
  return speed;
}

function withoutSpeed(script: string, stderr: string): UserError {
  const cause = stderr === '' ? '' : `: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  return new UserError(`${script} did not report its speed${cause}`, {
    exitCode: 4,
    hint: 'It must run with `node SCRIPT threads rows steps`; onnxruntime-node has to be installed beside it.',
  });
}
