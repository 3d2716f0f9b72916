/** Rows of a file scored by an opened model: what `score` does with a file of rows and with the rows of a task. */
import type { Device } from '../engine/index.ts';
import {
  defaultTokensPerBatch,
  rewardRecord,
  scoreInput,
  SummaryBuilder,
  type CheckedInput,
  type RowRewards,
  type RowScorer,
  type ScoredRows,
  type ScoreSummary,
} from '../score/index.ts';
import type { OverLength } from '../spec/experiment-schema.ts';
import { formatDuration, jsonText } from '../text/index.ts';
import type { CliContext } from './context.ts';
import type { JudgeFlags } from './judge-scores.ts';
import type { TaskFlags } from './named-task.ts';
import { openLineOutput } from './output/line-output.ts';

export interface ScoreFlags extends JudgeFlags, Omit<TaskFlags, 'tokenizer'> {
  readonly task?: string;
  readonly output?: string;
  /** Who computes: this program, or torch. */
  readonly backend: 'native' | 'torch';
  readonly device?: Device | 'auto';
  readonly threads: number;
  readonly batchTokens?: number;
  readonly tokenizer?: string;
  readonly template?: string;
  readonly chatTemplate?: string;
  readonly chat: boolean;
  readonly specialTokens: boolean;
  readonly overLength: OverLength;
}

export interface OpenedModel {
  readonly folder: string;
  readonly scored: ScoredRows;
  scorer(input: CheckedInput): RowScorer;
  /** Known for sure once something was scored; `kind` is as our own engine would call it. */
  device(): { readonly name: string; readonly kind: Device };
  readonly reason: string;
  close(): Promise<void>;
}

export interface Scored {
  readonly summary: ScoreSummary;
  /** Rows that no output file takes: all of them for --json, the first for people. */
  readonly kept: readonly RowRewards[];
  readonly tokens: number;
  readonly durationMs: number;
}

/** @param work `limit`: rows that are kept in memory. */
export async function scoreAll(
  context: CliContext,
  flags: Pick<ScoreFlags, 'output' | 'batchTokens'>,
  {
    scored,
    scorer,
    input,
    limit,
  }: Pick<OpenedModel, 'scored' | 'scorer'> & { readonly input: CheckedInput; readonly limit: number },
): Promise<Scored> {
  const summary = new SummaryBuilder();
  const kept: RowRewards[] = [];
  const output = openLineOutput(context, flags.output);
  let tokens = 0;
  const start = performance.now();
  for await (const row of scoreInput(input, scored, scorer(input), {
    tokensPerBatch: flags.batchTokens ?? defaultTokensPerBatch,
    onBatch: (count) => {
      tokens += count;
    },
  })) {
    summary.add(row);
    if (kept.length < limit) kept.push(row);
    await output.write(`${jsonText(rewardRecord(row))}\n`);
  }
  await output.close();
  return { summary: summary.finish(), kept, tokens, durationMs: performance.now() - start };
}

export function speedOf({ summary, tokens, durationMs }: Omit<Scored, 'kept'>): {
  readonly durationMs: number;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly responsesPerSecond: number;
} {
  return {
    durationMs,
    tokens,
    tokensPerSecond: (tokens / durationMs) * 1000,
    responsesPerSecond: (summary.responses / durationMs) * 1000,
  };
}

export function speedLine(
  { durationMs, tokensPerSecond }: { readonly durationMs: number; readonly tokensPerSecond: number },
  device: string,
): string {
  return `${formatDuration(durationMs)}, ${tokensPerSecond.toFixed(0)} tokens/s, device ${device}`;
}
