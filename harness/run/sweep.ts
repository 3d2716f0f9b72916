/**
 * `harness sweep`: bring every stage of a plan to its end, whatever was interrupted before.
 *
 *     preflight -> lease -> what is done? -> device -> plan.json
 *       -> [ conductor: workers run stages ] -> collect -> summary
 *
 * The same call continues after any `kill -9`; with nothing to do it costs a few stat calls a stage and starts no
 * process.
 */
import { resolve } from 'node:path';
import { backends, native } from '../backends/index.ts';
import type { Device } from '../engine/index.ts';
import { builtInKinds } from '../kinds/index.ts';
import type { ForecastBasis, Plan, PlannedStage } from '../plan/index.ts';
import { CollectLoop } from './collect-loop.ts';
import { Conductor } from './conductor.ts';
import { expectBeforeStart } from './expect.ts';
import { openLauncher, requireLauncher } from './open-launcher.ts';
import { cacheTrouble, preflight } from './preflight.ts';
import { captureProvenance } from './provenance.ts';
import { refuseStorage } from './refuse-storage.ts';
import { scheduleFromStore } from './schedule-from-store.ts';
import type { Schedule } from './schedule.ts';
import { settleExecution } from './settle-execution.ts';
import { stopped, Stopping } from './stopping.ts';
import { CheckedStages, dropCancelRequests, takeSweepLease, type Provenance, type SweepLease } from '../store/index.ts';
import { countTrials, finishedTrials, summarize } from './summary.ts';
import { TimeLeftOfSweep } from './time-left.ts';
import { defaultLimits, type SweepLimits, type SweepOptions, type SweepSummary } from './sweep-types.ts';
import { writePlan } from './write-plan.ts';

/**
 * @throws UserError (3) where it does not start: another sweep holds the folder, it cannot be written to, the disk is
 * full, the device is not there or cannot store what an experiment asks for, training would not fit into memory.
 */
export async function sweep(given: SweepOptions): Promise<SweepSummary> {
  const options = { ...given, resultsFolder: resolve(given.resultsFolder), cacheFolder: resolve(given.cacheFolder) };
  const limits = { ...defaultLimits, ...given.limits };
  const warn = (text: string): void => options.onEvent({ type: 'note', stageId: null, text });
  const stopping = new Stopping(options.signal, options.command, warn);
  try {
    preflight(options.resultsFolder, limits.minimumFreeBytes, warn);
    const taking = takeSweepLease(options.resultsFolder, options.plan.experiment, {
      lostMs: limits.leaseLostMs,
      onWait: warn,
    });
    const lease = await stopping.unlessStopped(taking);
    if (lease === stopped) {
      taking.then(
        (late) => late.release(),
        () => {},
      );
      return notStarted(options, scheduleFromStore(options, new CheckedStages(options.resultsFolder)), stopping);
    }
    try {
      return await sweepAlone(options, limits, { lease, stopping });
    } finally {
      lease.release();
    }
  } finally {
    stopping.end();
  }
}

/** What a sweep has from its start to its end. */
interface Held {
  readonly lease: SweepLease;
  readonly stopping: Stopping;
}

async function sweepAlone(options: SweepOptions, limits: SweepLimits, held: Held): Promise<SweepSummary> {
  const { lease, stopping } = held;
  dropCancelRequests(options.resultsFolder);
  const checked = new CheckedStages(options.resultsFolder);
  const schedule = scheduleFromStore(options, checked);
  const prepared = await stopping.unlessStopped(prepare(options, schedule));
  if (prepared === stopped) return notStarted(options, schedule, stopping);
  writePlan(options, lease);
  tellStart(options, schedule, prepared);
  const collecting = collectLoop(options, limits, schedule, checked);
  const isLast = lastStages(options.plan);
  const onStageDone = ({ id }: PlannedStage): void => {
    if (isLast.has(id)) tellTrials(options, schedule);
    collecting.request();
  };
  const conducted = prepared === null ? null : { limits, schedule, checked, ...held, ...prepared, onStageDone };
  const conductor = conducted === null ? null : await conduct(options, conducted);
  checked.save();
  await (lease.lost.aborted || stopping.wasKilled ? collecting.cancel() : collecting.finish());
  lease.assertHeld();
  return finished(options, schedule, conductor, stopping.wasKilled);
}

function notStarted(options: SweepOptions, schedule: Schedule, { signal, wasKilled }: Stopping): SweepSummary {
  return finished(options, schedule, { interrupted: signal, stoppedBecause: null, failures: [] }, wasKilled);
}

function finished(
  options: SweepOptions,
  schedule: Schedule,
  ended: Parameters<typeof summarize>[2],
  wasKilled: boolean,
): SweepSummary {
  const summary = { ...summarize(options.plan, schedule, ended), wasKilled };
  options.onEvent({ type: 'sweep-finished', summary });
  return summary;
}

interface Prepared {
  readonly execution: Provenance['execution'];
  readonly timeLeft: TimeLeftOfSweep | null;
}

/** null where nothing is to run: a finished sweep needs no device. */
async function prepare(options: SweepOptions, schedule: Schedule): Promise<Prepared | null> {
  const toRun = schedule.stages.filter(({ id }) => schedule.statusOf(id) === 'pending');
  if (toRun.length === 0) return null;
  const trouble = cacheTrouble(options.cacheFolder);
  if (trouble !== null) options.onEvent({ type: 'note', stageId: null, text: trouble });
  const execution = await settleExecution(options);
  await requireLauncher(options);
  // Other workers' stages mean something else, and their configs need not be ours.
  if (options.workerEntry !== undefined) return { execution, timeLeft: null };
  refuseStorage(toRun, execution.device);
  // How fast and how large other machines are, this one does not know.
  if (options.slurm !== undefined) return { execution, timeLeft: null };
  await prepareBackend(options, toRun, execution.device);
  return { execution, timeLeft: new TimeLeftOfSweep(await expected(options, schedule, execution), schedule) };
}

/** @throws UserError (3) where the backend that was chosen lacks something, and has stages to carry out. */
async function prepareBackend(
  { backend = native.name, backends: registered = backends, execution }: SweepOptions,
  toRun: readonly PlannedStage[],
  device: Device,
): Promise<void> {
  const chosen = registered.find(({ name }) => name === backend);
  if (chosen?.prepare === undefined || !toRun.some(({ kind }) => chosen.serves(kind))) return;
  await chosen.prepare({ ...execution, device });
}

function tellStart(options: SweepOptions, schedule: Schedule, prepared: Prepared | null): void {
  const total = schedule.stages.length;
  const toRun = schedule.count('pending');
  const cached = total - toRun - schedule.count('blocked');
  options.onEvent({ type: 'sweep-started', total, cached, toRun, left: prepared?.timeLeft?.get() ?? null });
  tellTrials(options, schedule);
}

function tellTrials({ plan, onEvent }: SweepOptions, schedule: Schedule): void {
  onEvent({ type: 'trials-counted', trials: countTrials(plan, schedule), total: plan.trials.length });
}

function lastStages({ trials }: Plan): ReadonlySet<string> {
  return new Set(trials.flatMap(({ evaluate, baseline }) => [evaluate, baseline]));
}

/** @throws UserError (3) where training will not fit into memory. */
function expected(
  { plan, kinds = builtInKinds, resultsFolder }: SweepOptions,
  schedule: Schedule,
  execution: Provenance['execution'],
): Promise<ForecastBasis> {
  return expectBeforeStart({
    plan,
    kinds,
    resultsFolder,
    execution,
    willRun: (id) => schedule.statusOf(id) === 'pending',
  });
}

interface Conducted extends Prepared, Held {
  readonly limits: SweepLimits;
  readonly schedule: Schedule;
  readonly checked: CheckedStages;
  onStageDone(stage: PlannedStage): void;
}

async function conduct(given: SweepOptions, conducted: Conducted): Promise<Conductor> {
  const { execution, lease, stopping } = conducted;
  const sweep = { ...given, execution: { ...given.execution, workers: execution.workers } };
  const provenance = captureProvenance(execution);
  const conductor = new Conductor({
    ...conducted,
    sweep,
    launcher: await openLauncher(sweep, conducted.limits),
    provenance,
    inputsOf: (stage) => conducted.schedule.inputsOf(stage),
  });
  stopping.conduct(conductor);
  lease.lost.addEventListener('abort', () => conductor.abandon());
  try {
    await conductor.run();
  } finally {
    if (!lease.lost.aborted) dropCancelRequests(sweep.resultsFolder);
  }
  return conductor;
}

/** Collects as stages finish. `onTrialsChanged` is not called at the end, when the caller knows anyway. */
function collectLoop(
  options: SweepOptions,
  limits: SweepLimits,
  schedule: Schedule,
  checked: CheckedStages,
): CollectLoop {
  const finished = (): number => finishedTrials(countTrials(options.plan, schedule));
  const isSettled = schedule.count('pending') === 0;
  let told = finished();
  const collect = async (isLast: boolean): Promise<void> => {
    const now = finished();
    await options.collect(checked, isSettled);
    if (now === told || isLast) return;
    told = now;
    await options.onTrialsChanged?.();
  };
  return new CollectLoop(collect, limits.collectEveryMs, (error) =>
    options.onEvent({ type: 'collect-failed', message: error instanceof Error ? error.message : String(error) }),
  );
}
