/**
 * What a plan will take, before anything runs: time from the stages that this results folder has on record, and memory
 * from the programs that will run.
 */
import {
  executionOrder,
  familiesOf,
  forecast,
  notStarted,
  type ForecastBasis,
  type Plan,
  type PlanExpectation,
  type PlannedStage,
} from '../../plan/index.ts';
import { RecordedStages, type RecordedStage } from '../../record/index.ts';
import type { Kinds, PairLengths } from '../../kinds/index.ts';
import { StepCosts, type WorkContext } from '../../stages/index.ts';
import { memoryOfStage } from './memory-need.ts';
import { describedRecord, timedStages, workOf } from './timed-stages.ts';

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

export async function expectPlan({ plan, willRun, shareDone, ...options }: ExpectOptions): Promise<Expectation> {
  const { basis, context, families } = await forecastBasis({ plan, ...options });
  return {
    ...forecast(basis, (id) => (willRun(id) ? { ...notStarted, fraction: shareDone?.(id) ?? 0 } : null)),
    recordedStages: basis.timed.length,
    memory: await memoryOf(plan.stages, families, context),
  };
}

/** What forecasts of this plan rest on, with what is on record now. */
export async function forecastBasis(
  options: Omit<ExpectOptions, 'willRun' | 'shareDone'>,
): Promise<{ readonly basis: ForecastBasis; readonly context: WorkContext; readonly families: Families }> {
  const { plan, kinds, resultsFolder, execution } = options;
  const records = new RecordedStages(resultsFolder);
  const context = workContext(plan, kinds, records);
  const timed = await timedStages(records, execution, context);
  const families = familiesOf(plan.stages, hasOwnLengths);
  const works = await byFamily(families, plan.stages, (stage) => workOf(stage, stage.cost.steps, context));
  return { basis: { stages: executionOrder(plan), works, timed, workers: execution.workers }, context, families };
}

/** Of these stages the mean lengths are on record, so that each has its own. */
const hasOwnLengths = ({ kind }: PlannedStage): boolean => kind === 'task' || kind === 'pairs';

type Families = ReadonlyMap<string, number>;

/** Stage id -> what is worked out once for its family. */
async function byFamily<T>(
  families: Families,
  stages: readonly PlannedStage[],
  work: (stage: PlannedStage) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const known = new Map<number, T>();
  const values = new Map<string, T>();
  for (const stage of stages) {
    const family = families.get(stage.id) as number;
    if (!known.has(family)) known.set(family, await work(stage));
    values.set(stage.id, known.get(family) as T);
  }
  return values;
}

/** The largest models first; once a stage needs more than `enough`, no more are worked out. */
async function memoryOf(
  stages: readonly PlannedStage[],
  families: Families,
  context: WorkContext,
  enough = Infinity,
): Promise<ReadonlyMap<string, number>> {
  const known = new Map<number, number | null>();
  const memory = new Map<string, number>();
  let isEnough = false;
  for (const stage of stages.toSorted((a, b) => (b.cost.paramsTotal ?? 0) - (a.cost.paramsTotal ?? 0))) {
    const family = families.get(stage.id) as number;
    if (!known.has(family)) known.set(family, isEnough ? null : await memoryOfStage(stage, context));
    const bytes = known.get(family) ?? null;
    if (bytes === null) continue;
    memory.set(stage.id, bytes);
    isEnough ||= bytes > enough;
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

function recordedLengths(stage: RecordedStage | null): PairLengths | null {
  const set = stage?.kind === 'task' ? 'train' : 'pairs';
  const [prompt, chosen, rejected] = ['prompt', 'chosen', 'rejected'].map((part) =>
    stage?.finals.get(`${set}/mean_${part}_tokens`),
  );
  return prompt === undefined || chosen === undefined || rejected === undefined ? null : { prompt, chosen, rejected };
}

/**
 * Memory alone, of stages that will run: no recorded speeds are read for it. Where one stage needs more than `enough`,
 * only those like one before it are told.
 */
export function expectMemory(
  { plan, kinds, resultsFolder, willRun }: Pick<ExpectOptions, 'plan' | 'kinds' | 'resultsFolder' | 'willRun'>,
  enough: number,
): Promise<ReadonlyMap<string, number>> {
  const toRun = plan.stages.filter(({ id }) => willRun(id));
  const context = workContext(plan, kinds, new RecordedStages(resultsFolder));
  return memoryOf(toRun, familiesOf(plan.stages, hasOwnLengths), context, enough);
}
