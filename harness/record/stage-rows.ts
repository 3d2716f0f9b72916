/** The rows of one stage. */
import type { StageRecord } from './read-stage.ts';
import type { Attempt } from './attempts.ts';
import type { Writers } from './writers.ts';

export async function addStage(writers: Writers, record: StageRecord): Promise<void> {
  const id = record.stageId;
  addStageRow(writers, record);
  for (const run of record.attempts) addRun(writers, id, run);
  await writers.metrics.add(id, record.metrics);
  for (const [name, value] of record.choices) writers.choices.add({ stage_id: id, name, value: JSON.stringify(value) });
  if (record.items !== null) await writers.items.add(id, record.items);
}

function addStageRow(writers: Writers, record: StageRecord): void {
  writers.stages.add({
    stage_id: record.stageId,
    kind: record.kind,
    fingerprint: record.fingerprint,
    config: record.config,
    inputs: record.inputs,
    outcome: record.outcome,
    error_class: record.errorClass,
    cause: record.cause,
    last_attempt: record.attempts.at(-1)?.attempt ?? null,
  });
}

function addRun(writers: Writers, id: string, run: Attempt): void {
  writers.runs.add({
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
  });
}
