/**
 * `harness bench score`: how fast rewards are computed here, and what sharing prompts and sorting by length pay; with
 * --peer beside `transformers` instead.
 */
import {
  benchScore,
  compareScoreWithPeer,
  machineName,
  scoreWorkload,
  yardstickReward,
  type PeerSetup,
  type RatioSummary,
  type ScoreBench,
  type ScoreComparison,
  type ScorePeerOptions,
  type ScoreSpeed,
  type YardstickSize,
} from '../../bench/index.ts';
import type { Device } from '../../engine/index.ts';
import { loadRewardModel } from '../../score/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { openDevice } from '../open-device.ts';
import { modelFolder } from '../model-folder.ts';

interface BenchScoreFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly size: YardstickSize;
  readonly model?: string;
  readonly device: Device | 'auto';
  readonly threads: number;
  readonly rounds: number;
  readonly peer: boolean;
  readonly peerWay: PeerSetup['way'];
  readonly peerProducts: PeerSetup['products'];
  readonly python: string;
}

export async function benchScoreCommand(context: CliContext, flags: BenchScoreFlags): Promise<void> {
  const folder = flags.model === undefined ? null : modelFolder(flags.model, context.resultsFolder(flags.results));
  const reward = folder === null ? yardstickReward(flags.size) : await loadRewardModel(folder);
  const { model, parameters } = reward;
  const asked = { saved: { model, parameters }, folder };
  await (flags.peer ? besidePeer(context, flags, asked) : amongWays(context, flags, asked));
}

interface AskedModel {
  readonly saved: Pick<ScorePeerOptions, 'model' | 'parameters'>;
  /** null = the fixed model. */
  readonly folder: string | null;
}

async function amongWays(context: CliContext, flags: BenchScoreFlags, { saved, folder }: AskedModel): Promise<void> {
  const { threads, rounds } = flags;
  const { executor, device, reason } = await openDevice(context, flags.device);
  const result = await benchScore({ ...saved, executor, threads, rounds, workload: scoreWorkload });
  if (flags.json)
    return context.printJson({ ...result, ...told(flags), model: folder ?? saved.model.name, device, machine });
  printWays(context, result);
  context.print(
    `shared: ${result.tokensPerSecond.toFixed(0)} tokens/s, ` +
      `${megabytes(result.peakMemoryBytes)} MB at the peak; ${workloadText}, ${rounds} rounds in turns`,
  );
  context.print(`${machine}, ${threads} threads, device ${device} (${reason})`);
}

function printWays(context: CliContext, { variants }: ScoreBench): void {
  const cells = variants.map(({ name, candidatesPerSecond, range, gain, gainRange, rewardDifference }) => [
    name,
    candidatesPerSecond.toFixed(1),
    range.map((speed) => speed.toFixed(1)).join(' to '),
    gain.toFixed(2),
    gainRange.map((ratio) => ratio.toFixed(2)).join(' to '),
    rewardDifference.toExponential(0),
  ]);
  context.printTable(['way', 'candidates/s (median)', 'range', 'gain', 'range', 'reward differs by'], cells);
}

async function besidePeer(context: CliContext, flags: BenchScoreFlags, { saved, folder }: AskedModel): Promise<void> {
  const { python, peerWay: way, peerProducts: products, device, threads, rounds } = flags;
  const peer = { python, way, products };
  const asked = { ...saved, folder, peer, device, threads, rounds, workload: scoreWorkload };
  const result = await compareScoreWithPeer(asked);
  if (flags.json)
    return context.printJson({ ...result, ...told(flags), model: folder ?? saved.model.name, peer, device, machine });
  printSides(context, result);
  context.print(
    `peer: ${way}, products by ${products}, batches of ${result.batch} and ${plural(result.threads, 'thread')}, the ` +
      `fastest of a short search; rewards differ by ${result.rewardDifference.toExponential(0)} at most`,
  );
  context.print(`${workloadText}, ${plural(rounds, 'round')} in turns; ${machine}, ${threads} threads`);
}

function printSides(context: CliContext, { engine, ours, theirs, speed, cpu }: ScoreComparison): void {
  const rows = [
    ['harness', ...speedCells(ours)],
    [engine, ...speedCells(theirs)],
  ];
  context.printTable(['program', 'candidates/s (median)', 'range', 'CPU s', 'peak MB'], rows);
  context.print(`candidates/s, ours to theirs: ${ratioText(speed)}; CPU time, theirs to ours: ${ratioText(cpu)}`);
}

function speedCells({ candidatesPerSecond, range, cpuSeconds, peakMemoryBytes }: ScoreSpeed): readonly string[] {
  return [
    candidatesPerSecond.toFixed(1),
    range.map((value) => value.toFixed(1)).join(' to '),
    cpuSeconds.toFixed(1),
    megabytes(peakMemoryBytes),
  ];
}

function ratioText({ ratioMedian, ratioRange }: RatioSummary): string {
  return `${ratioMedian.toFixed(2)} (${ratioRange.map((ratio) => ratio.toFixed(2)).join(' to ')})`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function told({ threads, rounds }: BenchScoreFlags): object {
  return { workload: scoreWorkload, threads, rounds };
}

const machine = machineName();
const workloadText = `${scoreWorkload.questions} questions x ${scoreWorkload.candidates} candidates`;
