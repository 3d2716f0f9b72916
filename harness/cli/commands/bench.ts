/** `harness bench pmp|savings|engine`: speed of this machine, in numbers that say how they were taken. */
import { resolve } from 'node:path';
import type { CliContext } from '../context.ts';
import { openDevice } from '../open-device.ts';
import {
  benchEngineStep,
  benchVariants,
  comparedSteps,
  compareWithProof,
  measureTrainStep,
  readTokenPairs,
  referenceSize,
  yardstick,
  type TrainStepBench,
  type YardstickSize,
} from '../../bench/index.ts';
import type { Device } from '../../engine/index.ts';

export interface StepFlags {
  readonly pairs: string;
  readonly pairsPerStep: number;
  readonly threads: number;
  readonly steps: number;
  readonly size: YardstickSize;
  readonly device: Device | 'auto';
  readonly json: boolean;
}

export async function benchPmp(context: CliContext, flags: StepFlags): Promise<void> {
  const { pairs, pairsPerStep, threads, steps, size } = flags;
  // What is wrong with these is said here, before a process is started that would say it worse.
  readTokenPairs(pairs);
  const { device, reason } = await openDevice(context, flags.device);
  const told = { size, pairs: resolve(pairs), pairsPerStep, steps, threads, device };
  const result = await measureTrainStep({ ...told, contextLength: null, profiledSteps: comparedSteps });
  if (flags.json) return context.printJson({ ...result, size, device, threads, pairsPerStep, steps });
  context.printTable(stepColumns, [stepCells(result)]);
  context.print(
    `first losses (pairwise, LM): ` +
      `${result.losses.map(([pairwise, lm]) => `${pairwise.toFixed(5)}, ${lm.toFixed(5)}`).join('; ')}`,
  );
  const slowest = result.slowest.map(({ kernel, share }) => `${kernel} ${(100 * share).toFixed(0)} %`);
  if (slowest.length > 0) context.print(`slowest kernels: ${slowest.join(', ')}`);
  context.print(`device ${device} (${reason})`);
}

export async function benchSavings(context: CliContext, flags: StepFlags): Promise<void> {
  const { pairs, pairsPerStep, threads, steps, size } = flags;
  const rows = readTokenPairs(pairs);
  const { executor, device } = await openDevice(context, flags.device);
  const told = { pairsPerStep, steps, threads, profiledSteps: 0 };
  const variants = await benchVariants({ ...told, model: yardstick(size), executor, rows });
  if (flags.json) return context.printJson({ variants, size, device, threads, pairsPerStep, steps });
  const first = variants[0]?.stepMsMedian ?? Number.NaN;
  const cells = variants.map(({ name, stepMsMedian, speedup, lossDifference }) => [
    name,
    stepMsMedian.toFixed(0),
    speedup.toFixed(2),
    (first / stepMsMedian).toFixed(2),
    lossDifference.toExponential(0),
  ]);
  context.printTable(['each with all before it', 'step ms (median)', 'gain', 'gain in all', 'loss differs by'], cells);
}

const stepColumns = ['pairs/s', 'tokens/s', 'step ms (median)', 'peak MB', 'in matrix products'] as const;

function stepCells({
  pairsPerSecond,
  tokensPerSecond,
  stepMsMedian,
  peakMemoryBytes,
  gemmShare,
}: Pick<
  TrainStepBench,
  'pairsPerSecond' | 'tokensPerSecond' | 'stepMsMedian' | 'peakMemoryBytes' | 'gemmShare'
>): string[] {
  const share = gemmShare === null ? 'not profiled' : `${(100 * gemmShare).toFixed(0)} %`;
  return [
    pairsPerSecond.toFixed(2),
    tokensPerSecond.toFixed(0),
    stepMsMedian.toFixed(0),
    (peakMemoryBytes / 1e6).toFixed(0),
    share,
  ];
}

export async function benchEngine(
  context: CliContext,
  flags: {
    readonly proof?: string;
    readonly rounds: number;
    readonly threads: number;
    readonly steps: number;
    readonly json: boolean;
  },
): Promise<void> {
  const { proof, rounds, threads, steps } = flags;
  if (proof === undefined) {
    const { tokensPerStep, stepMs, losses } = await benchEngineStep({ size: referenceSize, threads, steps });
    if (flags.json) return context.printJson({ threads, tokensPerStep, stepMs, losses });
    return context.printTable(
      ['step', 'ms', 'tokens/s', 'loss'],
      stepMs.map((ms, step) => [
        String(step),
        ms.toFixed(0),
        ((tokensPerStep / ms) * 1000).toFixed(0),
        (losses[step] ?? Number.NaN).toFixed(5),
      ]),
    );
  }
  const comparison = await compareWithProof({ script: proof, rounds, threads, steps });
  if (flags.json) return context.printJson({ ...comparison });
  context.printTable(
    ['round', 'harness tokens/s', 'other tokens/s', 'ratio'],
    comparison.rounds.map(({ ours, theirs, ratio }, round) => [
      String(round + 1),
      ours.toFixed(0),
      theirs.toFixed(0),
      ratio.toFixed(3),
    ]),
  );
  context.print(
    `ratio: median ${comparison.ratioMedian.toFixed(3)}, ` +
      `range ${comparison.ratioRange.map((ratio) => ratio.toFixed(3)).join(' to ')} (${comparison.machine}, ` +
      `${threads} threads)`,
  );
}
