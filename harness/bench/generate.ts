/**
 * Speed of greedy generation on a fixed workload, of prefill (reading prompts) and of decode (writing, one token a row
 * and step) apart; and where a Python is given, of `transformers` on the same prompts and weights, round by round in
 * turn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prompt } from '../generate/index.ts';
import { saveModelFolder } from '../model/index.ts';
import { median } from '../stats/index.ts';
import { openGeneratePeer, type GeneratePeer } from './generate-peer.ts';
import { generateRound, type GenerateRound, type RoundOptions } from './generate-round.ts';
import { drawPrompts, type GenerateWorkload } from './generate-workload.ts';
import { inTurns, ratioSummary, type RatioSummary } from './in-turns.ts';

export interface GenerateBenchOptions extends RoundOptions {
  readonly rounds: number;
  readonly workload: GenerateWorkload;
  /** Python with torch and transformers; null = measure ours alone. */
  readonly python: string | null;
  /** Where the peer finds the model; null = it is written for it. */
  readonly folder: string | null;
}

export interface GenerateSpeed {
  /** Medians over the rounds. */
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  /** Slowest and fastest round. */
  readonly decodeRange: readonly [number, number];
  readonly peakMemoryBytes: number;
}

export interface GenerateComparison {
  readonly engine: string;
  readonly speed: GenerateSpeed;
  /** Ours to theirs, in tokens a second. */
  readonly prefill: RatioSummary;
  readonly decode: RatioSummary;
  /** Theirs to ours, in CPU time of all threads. */
  readonly prefillCpu: RatioSummary;
  readonly decodeCpu: RatioSummary;
  /** Share of responses with the same tokens: rounding can turn a close choice. */
  readonly equalResponses: number;
}

export interface GenerateBench {
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly speed: GenerateSpeed;
  readonly peer: GenerateComparison | null;
}

/** One round of ours for warming up (the peer warms up itself), then `rounds` rounds. */
export async function benchGenerate(options: GenerateBenchOptions): Promise<GenerateBench> {
  const prompts = drawPrompts(options.workload, options.model);
  const ours = (): Promise<GenerateRound> => generateRound(options, prompts);
  await ours();
  if (options.python === null) {
    const rounds: GenerateRound[] = [];
    for (let round = 0; round < options.rounds; round++) rounds.push(await ours());
    return { ...sizesOf(prompts, options.workload), speed: speedOf(rounds, prompts), peer: null };
  }
  return withPeer(options, options.python, prompts, (peer) => compared(options, prompts, ours, peer));
}

async function withPeer<Result>(
  options: GenerateBenchOptions,
  python: string,
  prompts: readonly Prompt[],
  use: (peer: GeneratePeer) => Promise<Result>,
): Promise<Result> {
  const { model, parameters, threads, batch, workload } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'harness-generate-'));
  try {
    if (options.folder === null) await saveModelFolder(scratch, { model, parameters });
    const folder = options.folder ?? scratch;
    const peer = openGeneratePeer(prompts, { python, folder, threads, batch, newTokens: workload.newTokens });
    try {
      return await use(peer);
    } finally {
      await peer.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compared(
  { rounds, workload }: GenerateBenchOptions,
  prompts: readonly Prompt[],
  ours: () => Promise<GenerateRound>,
  peer: GeneratePeer,
): Promise<GenerateBench> {
  const measured = await inTurns(rounds, ours, () => peer.round());
  const first = measured[0]!;
  return {
    ...sizesOf(prompts, workload),
    speed: speedOf(
      measured.map((round) => round.ours),
      prompts,
    ),
    peer: {
      engine: first.theirs.engine,
      speed: speedOf(
        measured.map((round) => round.theirs),
        prompts,
      ),
      prefill: ratioSummary(measured.map((round) => round.theirs.prefillMs / round.ours.prefillMs)),
      decode: ratioSummary(measured.map((round) => round.theirs.decodeMs / round.ours.decodeMs)),
      prefillCpu: ratioSummary(measured.map(({ ours: our, theirs }) => theirs.prefillCpuMs / our.prefillCpuMs)),
      decodeCpu: ratioSummary(measured.map(({ ours: our, theirs }) => theirs.decodeCpuMs / our.decodeCpuMs)),
      equalResponses: equalShare(first.ours.tokens, first.theirs.tokens),
    },
  };
}

function sizesOf(prompts: readonly Prompt[], { newTokens }: GenerateWorkload) {
  return { promptTokens: promptTokensOf(prompts), newTokens: newTokens * prompts.length };
}

function promptTokensOf(prompts: readonly Prompt[]): number {
  return prompts.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** The first token of a response belongs to prefill. */
function speedOf(rounds: readonly GenerateRound[], prompts: readonly Prompt[]): GenerateSpeed {
  const decoded = rounds.map(
    ({ tokens, decodeMs }) => (tokens.reduce((sum, { length }) => sum + length - 1, 0) / decodeMs) * 1000,
  );
  return {
    prefillTokensPerSecond: median(rounds.map(({ prefillMs }) => (promptTokensOf(prompts) / prefillMs) * 1000)),
    decodeTokensPerSecond: median(decoded),
    decodeRange: [Math.min(...decoded), Math.max(...decoded)],
    peakMemoryBytes: Math.max(...rounds.map(({ peakMemoryBytes }) => peakMemoryBytes)),
  };
}

function equalShare(ours: GenerateRound['tokens'], theirs: GenerateRound['tokens']): number {
  return ours.filter((tokens, index) => tokens.join() === theirs[index]?.join()).length / ours.length;
}
