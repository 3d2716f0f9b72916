/**
 * What a plan will take, before anything runs: time from the stages that this results folder has on record, and memory
 * from the programs that will run.
 */
import {
  executionOrder,
  forecast,
  notStarted,
  type ForecastBasis,
  type Plan,
  type PlanExpectation,
  type PlannedStage,
} from '../../plan/index.ts';
import { RecordedStages, type RecordedStage } from '../../record/index.ts';
import type { Kinds, PairLengths } from '../../kinds/index.ts';
import { StepCosts, type StageWork, type WorkContext } from '../../stages/index.ts';
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
  const { basis, context } = await forecastBasis({ plan, ...options });
  return {
    ...forecast(basis, (id) => (willRun(id) ? { ...notStarted, fraction: shareDone?.(id) ?? 0 } : null)),
    recordedStages: basis.timed.length,
    memory: await memoryOf(plan, context),
  };
}

/** What forecasts of this plan rest on, with what is on record now. */
export async function forecastBasis(
  options: Omit<ExpectOptions, 'willRun' | 'shareDone'>,
): Promise<{ readonly basis: ForecastBasis; readonly context: WorkContext }> {
  const { plan, kinds, resultsFolder, execution } = options;
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

function recordedLengths(stage: RecordedStage | null): PairLengths | null {
  const set = stage?.kind === 'task' ? 'train' : 'pairs';
  const [prompt, chosen, rejected] = ['prompt', 'chosen', 'rejected'].map((part) =>
    stage?.finals.get(`${set}/mean_${part}_tokens`),
  );
  return prompt === undefined || chosen === undefined || rejected === undefined ? null : { prompt, chosen, rejected };
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
