/** A split of a task with its labels: of a stage on record, or read by the task's kind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskData, Tokenizer } from '../data/index.ts';
import { scoringNamed, type TaskScoring } from '../eval/index.ts';
import { graderOf, type KindIo, type Kinds } from '../kinds/index.ts';
import { kindOf, type TaskSpec } from '../spec/index.ts';
import { readScoring, readSplit } from '../stages/index.ts';
import { taskLabels, tokenLengths, type Labels, type SplitTexts, type SplitTokens } from './labels.ts';

export type TaskSplit = 'test' | 'dev';

export interface ReadTask {
  readonly texts: SplitTexts;
  /** By the tokenizer of the stage; null where the task is not on record. */
  readonly tokens: SplitTokens | null;
  readonly labels: Labels;
  /** The benchmark's own way to score; null = none, and for `dev`. */
  readonly scoring: TaskScoring | null;
}

/** @param folder Of a task stage that is done. */
export function readTaskStage(folder: string, split: TaskSplit): ReadTask {
  const { pairs, texts, pool, questions } = readSplit(folder, split);
  const ofSplit = { pairs: texts, questions };
  const tokens = { pairs, questions: pool };
  return {
    texts: ofSplit,
    tokens,
    labels: taskLabels(ofSplit, tokens),
    scoring: split === 'test' ? readScoring(folder) : null,
  };
}

export interface TaskReading extends Pick<KindIo, 'cacheFolder' | 'mirrorFolder' | 'note' | 'tokenizerFolder'> {
  readonly kinds: Kinds;
  readonly split: TaskSplit;
  /** Lengths are counted with it; null = in characters. */
  readonly tokenizer: Tokenizer | null;
}

/** @throws UserError as the kind does: (2) for its files, (3) where data cannot be had. */
export async function readTaskSpec(spec: TaskSpec, reading: TaskReading): Promise<ReadTask> {
  const kind = kindOf(reading.kinds.tasks, spec);
  const data = await dataOf(spec, reading);
  const texts = { pairs: data[reading.split], questions: reading.split === 'test' ? data.pool : [] };
  const scoring = kind.scoring === undefined || reading.split === 'dev' ? null : scoringNamed(kind.scoring);
  const inCharacters = taskLabels(texts, null);
  return {
    texts,
    tokens: null,
    labels: reading.tokenizer === null ? inCharacters : tokenLengths(inCharacters, texts, reading.tokenizer),
    scoring: scoring === null ? null : { name: scoring.name, settings: kind.scoringSettings?.(spec) ?? {} },
  };
}

async function dataOf(spec: TaskSpec, { kinds, ...io }: TaskReading): Promise<TaskData> {
  const kind = kindOf(kinds.tasks, spec);
  const grader = graderOf(kind, spec, kinds);
  const scratchFolder = mkdtempSync(join(tmpdir(), 'harness-task-'));
  try {
    return await kind.read(spec, { ...io, responseEnd: null, scratchFolder, download: true, grader });
  } finally {
    await grader?.close?.();
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}
