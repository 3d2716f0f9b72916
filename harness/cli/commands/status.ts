/**
 * `harness status`: how far the experiments are, from the files themselves: right also while a sweep runs, and without
 * a database.
 */
import { join } from 'node:path';
import {
  experimentNames,
  planFile,
  readJournal,
  readLiveLease,
  readStoreState,
  readSweepLock,
  stageFolder,
  stageFiles,
  type StoreState,
} from '../../store/index.ts';
import { readExperimentFile } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';

interface RunningStage {
  readonly stageId: string;
  readonly attempt: number;
  readonly step: number | null;
  readonly steps: number | null;
  readonly loss: number | null;
  readonly tokensPerSecond: number | null;
}

interface ExperimentStatus {
  readonly experiment: string;
  readonly stages: Readonly<
    Record<'total' | 'done' | 'diverged' | 'failed' | 'damaged' | 'running' | 'waiting', number>
  >;
  readonly running: readonly RunningStage[];
  readonly failed: readonly { readonly stageId: string; readonly message: string }[];
}

export async function status(
  context: CliContext,
  flags: { readonly results?: string; readonly json: boolean },
  experiment?: string,
): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const names = experimentNames(folder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0)
    throw new UserError(`no experiment ${experiment === undefined ? '' : `${experiment} `}was swept into ${folder}`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.',
    });
  const lock = readSweepLock(folder);
  const experiments = names.map((name) => statusOf(folder, name));
  if (flags.json)
    return context.printJson({
      sweep: lock === null ? null : { experiment: lock.experiment, pid: lock.pid, startedAt: lock.startedAt },
      experiments,
    });
  context.print(
    lock === null
      ? 'no sweep is running'
      : `a sweep of ${lock.experiment} is running (process ${lock.pid}, since ${lock.startedAt})`,
  );
  const counts = ['total', 'done', 'running', 'waiting', 'failed', 'diverged', 'damaged'] as const;
  context.print(
    formatTable(
      ['experiment', ...counts],
      experiments.map(({ experiment: name, stages }) => [name, ...counts.map((count) => stages[count])]),
    ),
  );
  for (const { running, failed } of experiments) {
    for (const stage of running) context.print(`  ${describeRunning(stage)}`);
    for (const { stageId, message } of failed) context.print(`  ${stageId} failed: ${message}`);
  }
}

function statusOf(folder: string, experiment: string): ExperimentStatus {
  const ids = readExperimentFile(planFile(folder, experiment)).stages.map(({ id }) => id);
  const states = readStoreState(folder, ids);
  const running = ids.flatMap((id) => (states.get(id) === 'done' ? [] : runningStage(folder, id)));
  const active = new Set(running.map(({ stageId }) => stageId));
  const failed = ids.flatMap((id) => {
    const state = states.get(id);
    return !active.has(id) && typeof state === 'object' && 'failed' in state
      ? [{ stageId: id, message: state.failed.outcome.message }]
      : [];
  });
  const count = (isSo: (state: StoreState | undefined) => boolean): number =>
    ids.filter((id) => !active.has(id) && isSo(states.get(id))).length;
  const isKind =
    (kind: string) =>
    (state: StoreState | undefined): boolean =>
      typeof state === 'object' && kind in state;
  return {
    experiment,
    running,
    failed,
    stages: {
      total: ids.length,
      done: count((state) => state === 'done'),
      diverged: count(isKind('diverged')),
      failed: failed.length,
      damaged: count(isKind('damaged')),
      running: running.length,
      waiting: count((state) => state === 'absent' || state === undefined),
    },
  };
}

function runningStage(folder: string, id: string): readonly RunningStage[] {
  const lease = readLiveLease(folder, id);
  if (lease === null) return [];
  const { events } = readJournal(join(stageFolder(folder, id), stageFiles.journal));
  const last = events.findLast((event) => event.kind === 'progress' || event.kind === 'attempt');
  const progress = last?.kind === 'progress' ? last : null;
  return [
    {
      stageId: id,
      attempt: lease.attempt,
      step: progress?.step ?? null,
      steps: progress?.steps ?? null,
      loss: progress?.loss ?? null,
      tokensPerSecond: progress?.tokensPerSecond ?? null,
    },
  ];
}

function describeRunning({ stageId, attempt, step, steps, loss, tokensPerSecond }: RunningStage): string {
  const parts = [`${stageId} running`, `attempt ${attempt}`];
  if (step !== null) parts.push(`step ${step}${steps === null ? '' : ` of ${steps}`}`);
  if (loss !== null) parts.push(`loss ${loss.toFixed(4)}`);
  if (tokensPerSecond !== null) parts.push(`${Math.round(tokensPerSecond)} tokens/s`);
  return parts.join(', ');
}
