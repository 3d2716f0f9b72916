/** What a plan costs on the accelerators that its experiment names. Pure: nothing of them need be here. */
import type { ExecutionSpec } from '../../spec/index.ts';
import type { Plan, PlannedStage } from '../stage.ts';
import { priceSettings, type PriceSettings } from './settings.ts';
import { stagePrice, type StagePrice } from './stage-price.ts';

export interface PlanPrice {
  readonly settings: PriceSettings;
  /** By stage id: the stages that will run, train or score. */
  readonly stages: ReadonlyMap<string, StagePrice>;
  readonly flops: number;
  /** Of all cards together. */
  readonly hours: number;
  /** One stage after the other, all ranks on each. */
  readonly wallHours: number;
  /** What stays on disk of models and trunks. */
  readonly keptBytes: number;
  /** The largest point to go on from after an interruption. */
  readonly resumeBytes: number;
  /** What a rank needs at most. */
  readonly memoryBytes: number;
}

/** null where the experiment names no accelerator. `willRun`: stages that are done cost nothing. */
export function pricePlan(
  plan: Plan,
  execution: ExecutionSpec,
  willRun: (id: string) => boolean = () => true,
): PlanPrice | null {
  const settings = priceSettings(execution);
  if (settings === null) return null;
  const stages = new Map(plan.stages.filter(({ id }) => willRun(id)).flatMap((stage) => priced(stage, settings)));
  const all = [...stages.values()];
  const sum = (of: (price: StagePrice) => number): number => all.reduce((total, price) => total + of(price), 0);
  const most = (of: (price: StagePrice) => number): number => all.reduce((top, price) => Math.max(top, of(price)), 0);
  return {
    settings,
    stages,
    flops: sum(({ flops }) => flops),
    hours: sum(({ hours }) => hours),
    wallHours: sum(({ wallHours }) => wallHours),
    keptBytes: sum(({ keptBytes }) => keptBytes),
    resumeBytes: most(({ training }) => training?.resumeBytes ?? 0),
    memoryBytes: most(({ training }) => training?.memory.total ?? 0),
  };
}

function priced(stage: PlannedStage, settings: PriceSettings): readonly (readonly [string, StagePrice])[] {
  const price = stagePrice(stage, settings);
  return price === null ? [] : [[stage.id, price]];
}
