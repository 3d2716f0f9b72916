/** The rows of stages, for the tables: plain data, which a thread can hand over to another. */
import type { Attempt } from './attempts.ts';
import type { Collected } from './changes.ts';
import { NumberColumns, type NumberTable, type WordCodes, type WordTable } from './coded-rows.ts';
import { addItems } from './item-rows.ts';
import { addMetrics } from './metric-rows.ts';
import type { StageRecord } from './read-stage.ts';
import type { TableRow } from './write-rows.ts';

/** Of some stages. */
export interface StageRows {
  readonly stages: readonly TableRow<'stages'>[];
  readonly runs: readonly TableRow<'runs'>[];
  readonly choices: readonly TableRow<'choices'>[];
  readonly collected: readonly Collected[];
  /** Of `metric_codes` and `item_codes`. */
  readonly metrics: NumberTable;
  readonly items: NumberTable;
  /** Texts that these codes are the first to name. */
  readonly words: WordTable;
}

/** Collects the rows of stages. */
export class StageRowsBuilder {
  readonly stages: TableRow<'stages'>[] = [];
  readonly runs: TableRow<'runs'>[] = [];
  readonly choices: TableRow<'choices'>[] = [];
  readonly collected: Collected[] = [];
  readonly metrics = new NumberColumns('metric_codes');
  readonly items = new NumberColumns('item_codes');
  readonly #words: WordCodes;

  constructor(words: WordCodes) {
    this.#words = words;
  }

  add(record: StageRecord): void {
    const id = record.stageId;
    this.stages.push(stageRow(record));
    for (const run of record.attempts) this.runs.push(runRow(id, run));
    addMetrics(this.metrics, this.#words, id, record.metrics);
    for (const [name, value] of record.choices) this.choices.push({ stage_id: id, name, value: JSON.stringify(value) });
    if (record.items !== null) addItems(this.items, this.#words, id, record.items);
  }

  rows(): StageRows {
    const { stages, runs, choices, collected, metrics, items } = this;
    return { stages, runs, choices, collected, metrics, items, words: this.#words.takeAdded() };
  }
}

function stageRow(record: StageRecord): TableRow<'stages'> {
  return {
    stage_id: record.stageId,
    kind: record.kind,
    fingerprint: record.fingerprint,
    config: record.config,
    inputs: record.inputs,
    outcome: record.outcome,
    error_class: record.errorClass,
    cause: record.cause,
    last_attempt: record.attempts.at(-1)?.attempt ?? null,
  };
}

function runRow(id: string, run: Attempt): TableRow<'runs'> {
  return {
    stage_id: id,
    attempt: run.attempt,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    duration_ms: run.endedAt === null ? null : Date.parse(run.endedAt) - Date.parse(run.startedAt),
    outcome: run.outcome,
    error_class: run.errorClass,
    message: run.message,
    machine: run.machine,
    commit: run.commit,
    dirty: run.isDirty,
    resumed_from_step: run.resumedFromStep,
  };
}
