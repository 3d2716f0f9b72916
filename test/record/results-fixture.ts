/**
 * A small results folder as stages and a sweep leave it: 2 arms x 2 seeds over shared foundations; helpers write and
 * change single stages.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bool, Dictionary, Float32, Int32, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import type { JournalEvent, Outcome } from '../../harness/store/journal-event.ts';

export const stageId = (kind: string, number: number): string => `${kind}-${number.toString(16).padStart(12, '0')}`;

export interface StageFiles {
  readonly kind: string;
  readonly number: number;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly config?: unknown;
  readonly finals?: Readonly<Record<string, number>>;
  readonly steps?: readonly number[];
  readonly outcome?: Outcome;
  readonly attempt?: number;
  readonly items?: readonly Item[];
  /** The values of its choice.json. */
  readonly choices?: Readonly<Record<string, unknown>>;
}

export interface Item {
  readonly set: string;
  readonly itemId: string;
  readonly group: string;
  readonly candidate: number;
  readonly reward: number;
  readonly isCorrect: boolean;
  readonly tokens: number;
  readonly answer: string | null;
  readonly source?: string | null;
}

export function temporaryResults(): string {
  return mkdtempSync(join(tmpdir(), 'harness-record-'));
}

export function writeStage(results: string, stage: StageFiles): string {
  const id = stageId(stage.kind, stage.number);
  const folder = join(results, 'store', id);
  mkdirSync(folder, { recursive: true });
  const outcome = stage.outcome ?? { kind: 'completed' };
  write(folder, 'stage.json', {
    stageVersion: 1,
    id,
    kind: stage.kind,
    fingerprint: `${'0'.repeat(52)}${id.slice(-12)}`,
    config: stage.config ?? { seed: stage.number },
    inputs: stage.inputs ?? {},
  });
  write(folder, 'provenance.json', {
    provenanceVersion: 1,
    host: 'box',
    cpuModel: 'cpu',
    platform: 'linux',
    commit: 'abc123',
    isDirty: false,
    startedAt: '2026-01-02T03:04:05.000Z',
  });
  writeFileSync(
    join(folder, 'journal.jsonl'),
    eventsOf(stage, outcome)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
  const outputs = [
    ...(stage.items === undefined ? [] : [writeItemsFile(folder, stage.items)]),
    ...(stage.choices === undefined ? [] : [writeChoices(folder, stage.choices)]),
  ];
  if (outcome.kind === 'completed' || outcome.kind === 'diverged') write(folder, 'done.json', { id, outcome, outputs });
  if (outcome.kind === 'failed')
    write(folder, 'failed.json', {
      outcome,
      hint: null,
      attempt: stage.attempt ?? 1,
      lastLines: [],
      log: null,
      command: 'x',
    });
  return id;
}

function eventsOf(stage: StageFiles, outcome: Outcome): readonly JournalEvent[] {
  return [
    { kind: 'attempt', attempt: stage.attempt ?? 1, startedAt: '2026-01-02T03:04:05.000Z', resumedFromStep: null },
    ...(stage.steps ?? []).map(
      (value, step) => ({ kind: 'metric', step: step + 1, name: 'train/pairwise_loss', value }) as const,
    ),
    { kind: 'progress', step: 1, steps: 2, loss: 0.5, tokensPerSecond: 10 },
    ...Object.entries(stage.finals ?? {}).map(
      ([name, value]) => ({ kind: 'metric', step: null, name, value }) as const,
    ),
    { kind: 'outcome', endedAt: '2026-01-02T03:04:07.500Z', outcome },
  ];
}

interface Output {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

function writeOutput(folder: string, file: string, bytes: Uint8Array): Output {
  writeFileSync(join(folder, file), bytes);
  return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function writeChoices(folder: string, values: Readonly<Record<string, unknown>>): Output {
  return writeOutput(folder, 'choice.json', Buffer.from(JSON.stringify({ values, candidates: [] })));
}

function writeItemsFile(folder: string, items: readonly Item[]): Output {
  const table = new Table({
    set: vectorFromArray(
      items.map((item) => item.set),
      new Dictionary(new Utf8(), new Int32(), 0),
    ),
    itemId: vectorFromArray(
      items.map((item) => item.itemId),
      new Dictionary(new Utf8(), new Int32(), 1),
    ),
    group: vectorFromArray(
      items.map((item) => item.group),
      new Dictionary(new Utf8(), new Int32(), 2),
    ),
    candidate: vectorFromArray(
      items.map((item) => item.candidate),
      new Int32(),
    ),
    reward: vectorFromArray(
      items.map((item) => item.reward),
      new Float32(),
    ),
    isCorrect: vectorFromArray(
      items.map((item) => item.isCorrect),
      new Bool(),
    ),
    tokens: vectorFromArray(
      items.map((item) => item.tokens),
      new Int32(),
    ),
    // Not dictionary-encoded, as another writer of Arrow may have it.
    answer: vectorFromArray(
      items.map((item) => item.answer),
      new Utf8(),
    ),
    // Files of before had none.
    ...(items.some(({ source }) => source !== undefined) && {
      source: vectorFromArray(
        items.map(({ source }) => source ?? null),
        new Utf8(),
      ),
    }),
  });
  return writeOutput(folder, 'items.arrow', tableToIPC(table, 'file'));
}

/** Two candidates a pair: the chosen (right) one first. */
export function pairItems(margins: Readonly<Record<string, number>>): readonly Item[] {
  return Object.entries(margins).flatMap(([itemId, margin]) => [
    {
      set: 'pairs',
      itemId,
      group: `g-${itemId}`,
      candidate: 0,
      reward: margin,
      isCorrect: true,
      tokens: 10,
      answer: null,
    },
    { set: 'pairs', itemId, group: `g-${itemId}`, candidate: 1, reward: 0, isCorrect: false, tokens: 12, answer: '42' },
  ]);
}

export interface TrialFiles {
  readonly id: string;
  readonly seed: number;
  readonly arm: string;
  readonly stages: readonly string[];
  readonly declared?: Readonly<Record<string, string>>;
  /** Of finetuning; without it 64. */
  readonly samples?: number;
}

export function writeExperiment(results: string, name: string, trials: readonly TrialFiles[]): void {
  const folder = join(results, 'experiments', name);
  mkdirSync(folder, { recursive: true });
  const ids = [...new Set(trials.flatMap((trial) => trial.stages))];
  write(folder, 'plan.json', {
    planVersion: 2,
    experiment: name,
    question: 'does it?',
    specText: 'name: x',
    command: 'harness sweep x.yaml',
    trials: trials.map((trial) => ({
      id: trial.id,
      seed: trial.seed,
      stages: trial.stages,
      evaluate: trial.stages.at(-1),
      baseline: stageId('baseline', 6),
      axes: {
        model: 'tiny',
        arm: trial.arm,
        pmpPairs: trial.arm === 'pmp' ? 1000 : 0,
        pretrainPairs: trial.arm === 'pmp' ? 1000 : 0,
        task: 'algebra',
        samples: trial.samples ?? 64,
        declared: trial.declared ?? { size: 's' },
      },
    })),
    stages: ids.map((id) => ({
      id,
      kind: id.slice(0, id.lastIndexOf('-')),
      cost: { steps: 8, pairs: 128, paramsTotal: 1000, paramsNonEmbedding: 800, trainFlops: 1e12, isEstimate: false },
    })),
    excluded: [],
    duplicates: 0,
  });
}

/** 4 trials: none and pmp, seeds 0 and 1; accuracies .5 .6 (none) and .7 .9 (pmp). */
export function writeSampleResults(results: string): void {
  const pairs = writeStage(results, { kind: 'pairs', number: 1 });
  const task = writeStage(results, { kind: 'task', number: 2 });
  const decay = writeStage(results, {
    kind: 'decay',
    number: 3,
    inputs: { pairs },
    steps: [0.7, 0.6],
    finals: { 'pretrain/pairwise_accuracy': 0.61, 'train/tokens_per_second': 1234 },
  });
  writeStage(results, { kind: 'baseline', number: 6, inputs: { task }, finals: { 'baseline/longest': 0.52 } });
  const trials = [
    ['none', 0, 0.5],
    ['none', 1, 0.6],
    ['pmp', 0, 0.7],
    ['pmp', 1, 0.9],
  ] as const;
  const planned = trials.map(([arm, seed, accuracy], index) => {
    const finetune = writeStage(results, {
      kind: 'finetune',
      number: 16 + index,
      inputs: arm === 'pmp' ? { task, backbone: decay } : { task },
      finals: { 'train/pairwise_loss': 0.4 },
    });
    const items = pairItems({ p1: 1, p2: accuracy > 0.65 ? 1 : 0, p3: -1 });
    const evaluate = writeStage(results, {
      kind: 'evaluate',
      number: 32 + index,
      inputs: { task, model: finetune },
      finals: { 'eval/pairwise_accuracy': accuracy },
      items,
    });
    return {
      id: `0000000000a${index}`,
      seed,
      arm,
      stages: [pairs, task, ...(arm === 'pmp' ? [decay] : []), finetune, evaluate],
    };
  });
  writeExperiment(results, 'tiny', planned);
}

function write(folder: string, file: string, value: unknown): void {
  writeFileSync(join(folder, file), JSON.stringify(value));
}
