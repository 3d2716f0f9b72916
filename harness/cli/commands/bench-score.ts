/** `harness bench score`: how fast rewards are computed here, and what sharing prompts and sorting by length pay. */
import { availableParallelism, cpus } from 'node:os';
import { benchScore, scoreWorkload, yardstickReward, type YardstickSize } from '../../bench/index.ts';
import { openExecutor, type Device } from '../../engine/index.ts';
import { openRewardModel } from '../../score/index.ts';
import type { CliContext } from '../context.ts';
import { modelFolder } from '../model-folder.ts';

interface BenchScoreFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly size: YardstickSize;
  readonly model?: string;
  readonly device: Device | 'auto';
  readonly threads: number;
  readonly rounds: number;
}

export async function benchScoreCommand(context: CliContext, flags: BenchScoreFlags): Promise<void> {
  const { threads, rounds, size } = flags;
  const folder = flags.model === undefined ? null : modelFolder(flags.model, context.resultsFolder(flags.results));
  const { executor, device, reason } = await openExecutor(flags.device);
  const reward =
    folder === null
      ? yardstickReward(size)
      : await openRewardModel(folder, {
          tokenizer: null,
          template: null,
          chatTemplate: null,
          chat: false,
          specialTokens: true,
        });
  const { model, parameters } = reward;
  const result = await benchScore({ model, parameters, executor, threads, rounds, workload: scoreWorkload });
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`;
  if (flags.json)
    return context.printJson({
      ...result,
      model: folder ?? model.name,
      workload: scoreWorkload,
      device,
      threads,
      rounds,
      machine,
    });
  const cells = result.variants.map(({ name, candidatesPerSecond, range, gain, gainRange, rewardDifference }) => [
    name,
    candidatesPerSecond.toFixed(1),
    range.map((speed) => speed.toFixed(1)).join(' to '),
    gain.toFixed(2),
    gainRange.map((ratio) => ratio.toFixed(2)).join(' to '),
    rewardDifference.toExponential(0),
  ]);
  context.printTable(['way', 'candidates/s (median)', 'range', 'gain', 'range', 'reward differs by'], cells);
  context.print(
    `shared: ${result.tokensPerSecond.toFixed(0)} tokens/s, ` +
      `${(result.peakMemoryBytes / 1e6).toFixed(0)} MB at the peak; ` +
      `${scoreWorkload.questions} questions x ${scoreWorkload.candidates} candidates, ${rounds} rounds in turns`,
  );
  context.print(`${machine}, ${threads} threads, device ${device} (${reason})`);
}
