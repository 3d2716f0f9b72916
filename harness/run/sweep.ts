/**
 * `harness sweep`: bring every stage of a plan to its end, whatever was interrupted before.
 *
 *     lock -> preflight -> what is done? -> device -> plan.json
 *       -> [ conductor: workers run stages ] -> collect -> summary
 *
 * The same call continues after any `kill -9`; with nothing to do it costs a few stat calls a stage and starts no
 * process.
 */
import { mkdirSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../plan/stage.ts';
import { CollectLoop } from './collect-loop.ts';
import { Conductor } from './conductor.ts';
import { expectBeforeStart } from './expect.ts';
import { preflight } from './preflight.ts';
import { captureProvenance } from './provenance.ts';
import type { Provenance } from '../store/index.ts';
import { refuseStorage } from './refuse-storage.ts';
import { Schedule } from './schedule.ts';
import { settleExecution } from './settle-execution.ts';
import { listenForStop } from './stop-signals.ts';
import { acquireSweepLock, planFile, readStoreState, toJson, writeFileAtomically } from '../store/index.ts';
import { countStages, countTrials } from './summary.ts';
import type { SweepLimits, SweepOptions, SweepSummary } from './sweep-types.ts';

const defaultLimits: SweepLimits = {
  minimumFreeBytes: 200e6,
  stopGraceMs: 60_000,
  orphanGraceMs: 15_000,
  collectEveryMs: 5_000,
  retries: 1,
};

/**
 * @throws UserError (3) where it does not start: another sweep holds the folder, it cannot be written to, the disk is
 * full, the device is not there or cannot store what an experiment asks for, training would not fit into memory.
 */
export async function sweep(given: SweepOptions): Promise<SweepSummary> {
  const options = { ...given, resultsFolder: resolve(given.resultsFolder), cacheFolder: resolve(given.cacheFolder) };
  const limits = { ...defaultLimits, ...given.limits };
  preflight(options.resultsFolder, limits.minimumFreeBytes);
  const releaseLock = acquireSweepLock(options.resultsFolder, options.plan.experiment);
  try {
    return await sweepLocked(options, limits);
  } finally {
    releaseLock();
  }
}

async function sweepLocked(options: SweepOptions, limits: SweepLimits): Promise<SweepSummary> {
  const schedule = scheduleFromStore(options);
  const total = schedule.stages.length;
  const toRun = schedule.count('pending');
  // A finished sweep needs no device.
  const execution = toRun > 0 ? await settleExecution(options) : null;
  // Other workers' stages mean something else, and their configs need not be ours.
  const isOurs = options.workerEntry === undefined;
  if (execution !== null && isOurs)
    refuseStorage(
      schedule.stages.filter(({ id }) => schedule.statusOf(id) === 'pending'),
      execution.device,
    );
  const expectedSeconds = execution === null || !isOurs ? null : await expected(options, schedule, execution);
  writePlan(options);
  options.onEvent({ type: 'sweep-started', total, cached: total - toRun - schedule.count('blocked'), toRun });
  const collecting = collectLoop(options, limits, schedule);
  const conductor =
    execution === null
      ? null
      : await conduct(options, {
          limits,
          schedule,
          execution,
          expectedSeconds,
          onStageDone: () => collecting.request(),
        });
  await collecting.finish();
  const summary: SweepSummary = {
    experiment: options.plan.experiment,
    counts: countStages(schedule),
    trials: countTrials(options.plan, schedule),
    notStarted: schedule.count('pending'),
    interrupted: conductor?.interrupted ?? null,
    stoppedBecause: conductor?.stoppedBecause ?? null,
    failures: conductor?.failures ?? [],
  };
  options.onEvent({ type: 'sweep-finished', summary });
  return summary;
}

/** Stage id -> predicted seconds. @throws UserError (3) where training will not fit into memory. */
function expected(
  { plan, resultsFolder }: SweepOptions,
  schedule: Schedule,
  execution: Provenance['execution'],
): Promise<ReadonlyMap<string, number>> {
  return expectBeforeStart({ plan, resultsFolder, execution, willRun: (id) => schedule.statusOf(id) === 'pending' });
}

interface Conducted {
  readonly limits: SweepLimits;
  readonly schedule: Schedule;
  readonly execution: Provenance['execution'];
  readonly expectedSeconds: ReadonlyMap<string, number> | null;
  onStageDone(): void;
}

async function conduct(
  given: SweepOptions,
  { limits, schedule, execution, expectedSeconds, onStageDone }: Conducted,
): Promise<Conductor> {
  const sweep = { ...given, execution: { ...given.execution, workers: execution.workers } };
  const provenance = captureProvenance(execution);
  const conductor = new Conductor({
    sweep,
    limits,
    schedule,
    expectedSeconds,
    workerEntry: sweep.workerEntry ?? defaultWorkerEntry(),
    provenance,
    onStageDone,
    inputsOf: (stage) => schedule.inputsOf(stage),
  });
  const stopListening = listenForStop(sweep.signal, {
    onStop: (signal) => conductor.stop(signal),
    onKill: () => conductor.kill(),
  });
  try {
    await conductor.run();
  } finally {
    stopListening();
  }
  return conductor;
}

/**
 * Failed stages of earlier sweeps are tried again; done and diverged ones never are; damaged ones are, and it is said
 * why.
 */
function scheduleFromStore({ plan, resultsFolder, onEvent }: SweepOptions): Schedule {
  const schedule = new Schedule(plan.stages);
  const states = readStoreState(
    resultsFolder,
    plan.stages.map((stage) => stage.id),
  );
  const diverged: string[] = [];
  for (const [id, state] of states) {
    if (state === 'done') schedule.set(id, 'cached');
    if (typeof state !== 'object') continue;
    if ('diverged' in state) diverged.push(id);
    if ('damaged' in state)
      onEvent({ type: 'note', stageId: id, text: `outputs are damaged (${state.damaged}): running it again` });
  }
  for (const id of diverged) schedule.set(id, 'diverged'); // last: it blocks what is still pending behind it, and only that
  return schedule;
}

function collectLoop(options: SweepOptions, limits: SweepLimits, schedule: Schedule): CollectLoop {
  const finishedTrials = (): number =>
    Object.values(countTrials(options.plan, schedule)).reduce((total, count) => total + count, 0);
  let told = finishedTrials();
  const collect = async (): Promise<void> => {
    const finished = finishedTrials();
    await options.collect();
    if (finished === told) return;
    told = finished;
    await options.onTrialsChanged?.();
  };
  return new CollectLoop(collect, limits.collectEveryMs, (error) =>
    options.onEvent({ type: 'collect-failed', message: error instanceof Error ? error.message : String(error) }),
  );
}

function writePlan({ plan, specText, command, resultsFolder }: SweepOptions): void {
  const file = planFile(resultsFolder, plan.experiment);
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, toJson(describePlan(plan, specText, command)), true);
}

function describePlan(
  { experiment, question, trials, stages, excluded, duplicates }: Plan,
  specText: string,
  command: string,
): unknown {
  return {
    schemaVersion: 1,
    experiment,
    question,
    specText,
    command,
    trials,
    stages: stages.map(({ id, kind, cost }) => ({ id, kind, cost })),
    excluded,
    duplicates,
  };
}

function defaultWorkerEntry(): string {
  const here = fileURLToPath(import.meta.url);
  return resolve(dirname(here), `worker-entry${extname(here)}`);
}
