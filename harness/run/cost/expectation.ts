/**
 * What a plan will take, before anything runs: time from the stages that this results folder has on record, and memory
 * from the programs that will run.
 */
import { cpus } from 'node:os';
import {
  currentConfig,
  executionOrder,
  fingerprintOf,
  forecast,
  notStarted,
  type Fingerprint,
  type ForecastBasis,
  type Plan,
  type PlanExpectation,
  type PlannedStage,
  type TimedStage,
} from '../../plan/index.ts';
import { RecordedStages, type RecordedMachine, type RecordedStage } from '../../record/index.ts';
import type { Kinds, PairLengths } from '../../kinds/index.ts';
import { stageKind, StepCosts, type DescribedStage, type StageWork, type WorkContext } from '../../stages/index.ts';
import { memoryOfStage } from './memory-need.ts';

export interface ExpectOptions {
  readonly plan: Plan;
  readonly kinds: Kinds;
  readonly resultsFolder: string;
  readonly execution: { readonly workers: number; readonly threads: number; readonly device: string };
  /** Stages that a sweep would run now. */
  willRun(id: string): boolean;
  /** Share of its steps that a stage has done which another sweep runs at this moment. */
  shareDone?(id: string): number;
}

export type Expectation = Omit<PlanExpectation, 'workers' | 'availableMemory'>;

/**
 * Recorded stages that are looked at, the newest first: enough for every kind of a large sweep, and planning stays fast
 * over a large store.
 */
const consideredStages = 600;

export async function expectPlan({ plan, willRun, shareDone, ...options }: ExpectOptions): Promise<Expectation> {
  const { basis, context } = await forecastBasis({ plan, ...options });
  return {
    ...forecast(basis, (id) => (willRun(id) ? { ...notStarted, fraction: shareDone?.(id) ?? 0 } : null)),
    recordedStages: basis.timed.length,
    memory: await memoryOf(plan, context),
  };
}

/** What forecasts of this plan rest on, with what is on record now. */
export async function forecastBasis({
  plan,
  kinds,
  resultsFolder,
  execution,
}: Omit<ExpectOptions, 'willRun' | 'shareDone'>): Promise<{
  readonly basis: ForecastBasis;
  readonly context: WorkContext;
}> {
  const records = new RecordedStages(resultsFolder);
  const context = workContext(plan, kinds, records);
  const timed = await timedStages(records, execution, context);
  const works = new Map<string, StageWork>();
  for (const stage of plan.stages) works.set(stage.id, await workOf(stage, stage.cost.steps, context));
  return { basis: { stages: executionOrder(plan), works, timed, workers: execution.workers }, context };
}

/** The largest models first; once a stage needs more than `enough`, no more are worked out. */
async function memoryOf(plan: Plan, context: WorkContext, enough = Infinity): Promise<ReadonlyMap<string, number>> {
  const memory = new Map<string, number>();
  for (const stage of plan.stages.toSorted((a, b) => (b.cost.paramsTotal ?? 0) - (a.cost.paramsTotal ?? 0))) {
    const bytes = await memoryOfStage(stage, context);
    if (bytes === null) continue;
    memory.set(stage.id, bytes);
    if (bytes > enough) break;
  }
  return memory;
}

function workContext(plan: Plan, kinds: Kinds, records: RecordedStages): WorkContext {
  const planned = new Map<string, PlannedStage>(plan.stages.map((stage) => [stage.id, stage]));
  return {
    kinds,
    stage: (id) => planned.get(id) ?? describedRecord(records.get(id)),
    recordedLengths: (id) => recordedLengths(records.get(id)),
    steps: new StepCosts(),
  };
}

/** A recorded stage, its config under today's names. */
function describedRecord(stage: RecordedStage | null): DescribedStage | null {
  if (stage === null || typeof stage.config !== 'object' || stage.config === null) return null;
  return { kind: stage.kind, inputs: stage.inputs, config: currentConfig(stage.kind, stage.config) };
}

function workOf(stage: DescribedStage, steps: number | null, context: WorkContext): Promise<StageWork> {
  const kind = stageKind(stage.kind);
  if (kind === undefined) throw new Error(`there is no stage kind ${stage.kind}`);
  return kind.work(stage, steps, context);
}

function recordedLengths(stage: RecordedStage | null): PairLengths | null {
  const set = stage?.kind === 'task' ? 'train' : 'pairs';
  const [prompt, chosen, rejected] = ['prompt', 'chosen', 'rejected'].map((part) =>
    stage?.finals.get(`${set}/mean_${part}_tokens`),
  );
  return prompt === undefined || chosen === undefined || rejected === undefined ? null : { prompt, chosen, rejected };
}

async function timedStages(
  records: RecordedStages,
  execution: ExpectOptions['execution'],
  context: WorkContext,
): Promise<readonly TimedStage[]> {
  const here = records.newest(consideredStages).flatMap((id) => {
    const stage = records.get(id);
    return stage !== null && stage.seconds !== null && isThisMachine(stage.machine, execution.device)
      ? [{ stage, seconds: stage.seconds }]
      : [];
  });
  const alike = here.filter(
    ({ stage: { machine } }) => machine.workers === execution.workers && machine.threads === execution.threads,
  );
  const works = await Promise.all(
    (alike.length > 0 ? alike : here).map(({ stage, seconds }) =>
      workOfRecord(stage, { seconds, isCurrent: isCurrent(stage, records) }, stepsOf(stage, records), context),
    ),
  );
  return works.filter((work) => work !== null);
}

/**
 * A record of an older format, whose config says less than it does now, tells nothing; nor does one whose steps are not
 * known.
 */
async function workOfRecord(
  stage: RecordedStage,
  timed: Pick<TimedStage, 'seconds' | 'isCurrent'>,
  steps: number | null,
  context: WorkContext,
): Promise<TimedStage | null> {
  if (Number.isNaN(steps)) return null;
  try {
    return { ...(await workOf(describedRecord(stage) as DescribedStage, steps, context)), ...timed };
  } catch {
    return null;
  }
}

/** Whether this version of the stage's kind would give it the same name: its fingerprint covers the version. */
function isCurrent({ kind, fingerprint, config, inputs }: RecordedStage, records: RecordedStages): boolean {
  const identity = Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => !(stageKind(kind)?.shortcuts ?? []).includes(name))
      .map(([name, id]) => [name, (records.get(id)?.fingerprint ?? '') as Fingerprint]),
  );
  return (
    typeof config === 'object' &&
    config !== null &&
    stageKind(kind) !== undefined &&
    fingerprintOf(kind, currentConfig(kind, config), identity) === fingerprint
  );
}

/** What a record does not say (an older one: its device and workers) is taken to be as now. */
function isThisMachine({ cpuModel, cores, device }: RecordedMachine, deviceNow: string): boolean {
  const processors = cpus();
  return (
    cpuModel === (processors[0]?.model ?? 'unknown') &&
    cores === processors.length &&
    (device === null || deviceNow === 'auto' || device === deviceNow)
  );
}

/**
 * Steps that the stage itself took: those behind it, less those of the stage it went on from. NaN where that one is not
 * on record.
 */
function stepsOf({ lastStep, inputs }: RecordedStage, records: RecordedStages): number | null {
  if (lastStep === null) return null;
  const before = inputs['previous'] ?? inputs['trunk'];
  return before === undefined ? lastStep : lastStep - (records.get(before)?.lastStep ?? NaN);
}

/**
 * Memory alone, of stages that will run: no recorded speeds are read for it. Ends early where one stage needs more than
 * `enough`.
 */
export function expectMemory(
  { plan, kinds, resultsFolder, willRun }: Pick<ExpectOptions, 'plan' | 'kinds' | 'resultsFolder' | 'willRun'>,
  enough: number,
): Promise<ReadonlyMap<string, number>> {
  const toRun = { ...plan, stages: plan.stages.filter(({ id }) => willRun(id)) };
  return memoryOf(toRun, workContext(plan, kinds, new RecordedStages(resultsFolder)), enough);
}
