/** `plan --json`: the machine-readable plan. Others build on it; add fields, never rename them. */
import type { Arm } from '../kinds/index.ts';
import { willRun, type StageStatus } from './explain-plan.ts';
import { memorySummary, type MemorySummary, type PlanExpectation } from './expectation.ts';
import type { BasisLevel, StageTime } from './predict-time.ts';
import type { PlanPrice } from './price/price-plan.ts';
import type { StagePrice } from './price/stage-price.ts';
import type { Plan, PlannedStage } from './stage.ts';
import { stageNames } from './stage-names.ts';

export interface PlanJson extends Omit<Plan, 'stages'> {
  readonly schemaVersion: 1;
  readonly stages: readonly (PlannedStage &
    StageStatus & { readonly name: string; readonly expected?: StageTime; readonly memoryBytes?: number | null })[];
  /** Of what would run now, on all workers; seconds. `basis`: stages by what their time rests on. */
  readonly expected?: {
    readonly seconds: number;
    readonly low: number;
    readonly high: number;
    readonly criticalSeconds: number;
    readonly workSeconds: number;
    readonly workers: number;
    readonly basis: Readonly<Partial<Record<BasisLevel, number>>>;
    readonly recordedStages: number;
  };
  readonly memory?: MemorySummary;
  /** Where the experiment names an accelerator: in place of `expected` and `memory`. */
  readonly price?: PriceJson;
  /** Data that were not here; the ids of stages that read them are other ones once they are. */
  readonly absent?: readonly string[];
}

interface PriceJson extends Omit<PlanPrice, 'stages'> {
  /** Stage id -> its price. */
  readonly stages: Readonly<Record<string, StagePrice>>;
}

interface JsonOptions {
  readonly arms?: readonly Arm[];
  readonly price?: PlanPrice | null;
  readonly absent?: readonly string[];
}

/** @param statuses From `explainPlan`; it has every stage of the plan. `arms`: those of the experiment. */
export function planToJson(
  plan: Plan,
  statuses: ReadonlyMap<string, StageStatus>,
  expectation: PlanExpectation | null = null,
  options: JsonOptions = {},
): PlanJson {
  const names = stageNames(plan, options);
  const stages = plan.stages.map((stage) => {
    const status = statuses.get(stage.id);
    if (status === undefined) throw new Error(`${stage.id} has no status: the statuses are of another plan`);
    const expected = expectation?.stages.get(stage.id);
    return {
      ...stage,
      name: names.get(stage.id) ?? stage.kind,
      ...status,
      ...(expectation !== null &&
        expected !== undefined && { expected, memoryBytes: expectation.memory.get(stage.id) ?? null }),
    };
  });
  return {
    schemaVersion: 1,
    ...plan,
    stages,
    ...(expectation !== null && expectedOf(expectation, statuses)),
    ...beyondThisMachine(options),
  };
}

function beyondThisMachine({ price = null, absent = [] }: JsonOptions): Pick<PlanJson, 'price' | 'absent'> {
  return {
    ...(price !== null && { price: { ...price, stages: Object.fromEntries(price.stages) } }),
    ...(absent.length > 0 && { absent }),
  };
}

function expectedOf(
  expectation: PlanExpectation,
  statuses: ReadonlyMap<string, StageStatus>,
): Required<Pick<PlanJson, 'expected' | 'memory'>> {
  const { wall, low, high, workers, stages, recordedStages } = expectation;
  const basis: Partial<Record<BasisLevel, number>> = {};
  for (const [id, time] of stages)
    if (willRun(statuses, id)) basis[time.basis.level] = (basis[time.basis.level] ?? 0) + 1;
  return {
    expected: { ...wall, low, high, workers, basis, recordedStages },
    memory: memorySummary(expectation, (id) => willRun(statuses, id)),
  };
}
