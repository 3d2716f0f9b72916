/**
 * Our engine against another program that takes the same step, round by round in turn: on a machine whose speed drifts
 * only interleaved ratios mean anything. The other program is a script `node SCRIPT threads rows steps` that ends with
 * a line `... tok/s best B median M`.
 */
import { execaNode } from 'execa';
import { availableParallelism, cpus } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import { median } from '../stats/index.ts';
import { referenceSize, type EngineStepResult } from './engine-step.ts';

export interface ProofComparison {
  readonly threads: number;
  readonly stepsPerRound: number;
  readonly machine: string;
  /** Tokens a second from the median step of the round. */
  readonly rounds: readonly { readonly ours: number; readonly theirs: number; readonly ratio: number }[];
  readonly ratioMedian: number;
  readonly ratioRange: readonly [number, number];
}

/**
 * Every round is a new process for both sides. Throws UserError (exit 4) where the script does not run or does not say
 * its speed.
 */
export async function compareWithProof(options: {
  readonly script: string;
  readonly rounds: number;
  readonly threads: number;
  readonly steps: number;
}): Promise<ProofComparison> {
  const rounds: { ours: number; theirs: number; ratio: number }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    // The first of the two profits or suffers from what ran before: take turns.
    const oursFirst = round % 2 === 0;
    const before = oursFirst ? await ourSpeed(options) : null;
    const theirs = await theirSpeed(options);
    const ours = before ?? (await ourSpeed(options));
    rounds.push({ ours, theirs, ratio: ours / theirs });
  }
  const ratios = rounds.map(({ ratio }) => ratio).toSorted((a, b) => a - b);
  return {
    threads: options.threads,
    stepsPerRound: options.steps,
    machine: machineName(),
    rounds,
    ratioMedian: median(ratios),
    ratioRange: [ratios[0] ?? Number.NaN, ratios.at(-1) ?? Number.NaN],
  };
}

export function machineName(): string {
  return `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`;
}

async function ourSpeed({ threads, steps }: { readonly threads: number; readonly steps: number }): Promise<number> {
  const entry = fileURLToPath(new URL(`engine-step-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [String(threads), String(steps)], { ipc: true, nodeOptions: [] });
  const { tokensPerStep, stepMs } = (await child.getOneMessage()) as unknown as EngineStepResult;
  await child;
  return (tokensPerStep / median(stepMs.slice(1))) * 1000;
}

async function theirSpeed({
  script,
  threads,
  steps,
}: {
  readonly script: string;
  readonly threads: number;
  readonly steps: number;
}): Promise<number> {
  const { stdout, failed, stderr } = await execaNode(
    script,
    [String(threads), String(referenceSize.rows), String(steps)],
    { reject: false },
  );
  const speed = Number(/tok\/s best \d+ median (\d+)/.exec(stdout)?.[1]);
  if (failed || !(speed > 0)) {
    throw new UserError(
      `${script} did not report its speed${stderr === '' ? '' : `: ${stderr.trim().split('\n').at(-1) ?? ''}`}`,
      {
        exitCode: 4,
        hint: 'It must run with `node SCRIPT threads rows steps`; onnxruntime-node has to be installed beside it.',
      },
    );
  }
  return speed;
}
