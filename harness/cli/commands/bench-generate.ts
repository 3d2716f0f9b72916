/** `harness bench generate [MODEL]`: tokens a second of generation here, and of `transformers` on the same cores. */
import { availableParallelism, cpus } from 'node:os';
import {
  benchGenerate,
  generateModel,
  generateWorkload,
  type GenerateBench,
  type GenerateSize,
  type GenerateSpeed,
} from '../../bench/index.ts';
import type { Device } from '../../engine/index.ts';
import { openLanguageModel } from '../../generate/index.ts';
import type { CliContext } from '../context.ts';
import { openDevice } from '../open-device.ts';
import { plural } from '../../text/index.ts';
import { modelFolder } from '../model-folder.ts';

interface BenchGenerateFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly size: GenerateSize;
  readonly device: Device | 'auto';
  readonly threads: number;
  readonly rounds: number;
  readonly prompts: number;
  readonly batch: number;
  readonly newTokens: number;
  readonly python?: string;
}

export async function benchGenerateCommand(
  context: CliContext,
  flags: BenchGenerateFlags,
  model?: string,
): Promise<void> {
  const folder = model === undefined ? null : modelFolder(model, context.resultsFolder(flags.results));
  const opened = await openDevice(context, flags.device);
  const { model: config, parameters } =
    folder === null ? generateModel(flags.size) : await openLanguageModel(folder, null);
  const { threads, rounds, batch } = flags;
  const workload = { ...generateWorkload, prompts: flags.prompts, newTokens: flags.newTokens };
  const told = { batch, threads, rounds, workload };
  const python = flags.python ?? null;
  const result = await benchGenerate({ ...told, model: config, parameters, executor: opened.executor, folder, python });
  const name = folder ?? config.name;
  if (flags.json) return context.printJson({ ...result, model: name, ...told, device: opened.device, machine });
  printSpeeds(context, result);
  context.print(workloadLine(name, flags, result));
  context.print(`${machine}, ${threads} threads, device ${opened.device} (${opened.reason})`);
}

const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`;

function workloadLine(
  name: string,
  { prompts, newTokens, batch, rounds }: BenchGenerateFlags,
  { promptTokens }: GenerateBench,
): string {
  return (
    `${name}: ${plural(prompts, 'prompt')} of ${promptTokens} tokens, ${newTokens} new tokens each, ` +
    `batches of up to ${batch}, ${plural(rounds, 'round')}`
  );
}

function printSpeeds(context: CliContext, { speed, peer }: GenerateBench): void {
  const rows = [
    ['harness', ...speedCells(speed)],
    ...(peer === null ? [] : [[peer.engine, ...speedCells(peer.speed)]]),
  ];
  context.printTable(['program', 'prefill tokens/s', 'decode tokens/s', 'range', 'peak MB'], rows);
  if (peer === null) return;
  const told = ({ ratioMedian, ratioRange }: typeof peer.decode): string =>
    `${ratioMedian.toFixed(2)} (${ratioRange.map((ratio) => ratio.toFixed(2)).join(' to ')})`;
  context.print(
    `tokens/s, ours to theirs: prefill ${told(peer.prefill)}, decode ${told(peer.decode)}; ` +
      `${(100 * peer.equalResponses).toFixed(0)} % of the responses have the same tokens`,
  );
  context.print(`CPU time, theirs to ours: prefill ${told(peer.prefillCpu)}, decode ${told(peer.decodeCpu)}`);
}

function speedCells(speed: GenerateSpeed): readonly string[] {
  return [
    speed.prefillTokensPerSecond.toFixed(0),
    speed.decodeTokensPerSecond.toFixed(0),
    speed.decodeRange.map((value) => value.toFixed(0)).join(' to '),
    (speed.peakMemoryBytes / 1e6).toFixed(0),
  ];
}
