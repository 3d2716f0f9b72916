/** Rules of budgets, steps and schedules, of pretraining and of finetuning. */
import { forkSteps, warmupSteps } from './fork-steps.ts';
import type { TrialSpec } from './format.ts';
import type { RuleBreak } from './kind.ts';
import type { PretrainSpec, ScheduleSpec } from './training-schema.ts';
import { budgetPairs } from './trial-spec.ts';

export function isPretrained({ pretrain }: TrialSpec): boolean {
  return pretrain.objective.kind !== 'none';
}

export function pretrainRules(trial: TrialSpec): readonly RuleBreak[] {
  const { pretrain } = trial;
  if (!isPretrained(trial)) return [];
  return [...budgetUnitRule(pretrain), ...pretrainStepRules(pretrain)];
}

function budgetField(budget: PretrainSpec['budget']): string {
  return `pretrain.budget.${'pairs' in budget ? 'pairs' : 'tokensOfPairs'}`;
}

function budgetUnitRule({ objective, budget }: PretrainSpec): readonly RuleBreak[] {
  if (objective.kind !== 'pmp' || 'pairs' in budget) return [];
  return [
    {
      fields: [budgetField(budget), 'pretrain.objective'],
      expected: 'pairs (tokensOfPairs is for lm: as many tokens as preference pretraining sees)',
      found: 'tokensOfPairs',
      suggestion: `write {pairs: ${budgetPairs(budget)}}`,
    },
  ];
}

/** The budget must be a number of whole steps before a schedule over them can be checked. */
function pretrainStepRules({ budget, pairsPerStep, schedule }: PretrainSpec): readonly RuleBreak[] {
  const pairs = budgetPairs(budget);
  const stepsField = budgetField(budget);
  if (pairs % pairsPerStep !== 0) return [partialStep(pairs, pairsPerStep, stepsField)];
  if (schedule.kind === 'wsd' && 'fraction' in schedule.warmup) return [trunkWarmup(schedule.warmup.fraction)];
  return scheduleRules('pretrain', schedule, { steps: pairs / pairsPerStep, stepsField });
}

function partialStep(pairs: number, pairsPerStep: number, field: string): RuleBreak {
  const nearest = Math.max(1, Math.round(pairs / pairsPerStep)) * pairsPerStep;
  return {
    fields: [field, 'pretrain.pairsPerStep'],
    expected: `whole steps of ${pairsPerStep} pairs`,
    found: String(pairs),
    suggestion: `the nearest is ${nearest}`,
  };
}

function trunkWarmup(fraction: number): RuleBreak {
  return {
    fields: ['pretrain.schedule.warmup'],
    expected: 'warmup in {steps: ...}',
    found: `{fraction: ${fraction}}`,
    suggestion: 'all budgets share the trunk and so its warmup; a fraction would differ by budget',
  };
}

export function finetuneRules({ finetune }: TrialSpec): readonly RuleBreak[] {
  const { samples, steps, pairsPerStep, schedule } = finetune;
  const broken = scheduleRules('finetune', schedule, { steps, stepsField: 'finetune.steps' });
  if (pairsPerStep <= samples) return broken;
  return [
    ...broken,
    {
      fields: ['finetune.pairsPerStep', 'finetune.samples'],
      expected: `at most finetune.samples (${samples}): a pair is not to be twice in one step`,
      found: String(pairsPerStep),
    },
  ];
}

/** All steps of a schedule, and the field that decides how many they are. */
interface AllSteps {
  readonly steps: number;
  readonly stepsField: string;
}

/** The warmup in steps, its field, and how it is written. */
interface Warmup {
  readonly steps: number;
  readonly field: string;
  readonly written: string;
}

function scheduleRules(section: 'pretrain' | 'finetune', schedule: ScheduleSpec, all: AllSteps): readonly RuleBreak[] {
  const warmup = warmupOf(section, schedule, all.steps);
  if (warmup.steps >= all.steps) return [longWarmup(warmup, all)];
  if (schedule.kind === 'cosine') return [];
  const field = `${section}.schedule.decayFraction`;
  const hasDecay = schedule.decayFraction * all.steps >= 0.5;
  return hasDecay ? stablePhaseRules(schedule, field, all, warmup) : [noDecay(schedule.decayFraction, field, all)];
}

function warmupOf(section: string, { warmup }: ScheduleSpec, allSteps: number): Warmup {
  const steps = warmupSteps(warmup, allSteps);
  if ('steps' in warmup) return { steps, field: `${section}.schedule.warmup.steps`, written: String(steps) };
  return { steps, field: `${section}.schedule.warmup.fraction`, written: `${warmup.fraction} (${steps} steps)` };
}

function longWarmup(warmup: Warmup, { steps, stepsField }: AllSteps): RuleBreak {
  const expected = `fewer warmup steps than all ${steps} steps`;
  return { fields: [warmup.field, stepsField], expected, found: warmup.written };
}

function noDecay(decayFraction: number, field: string, { steps, stepsField }: AllSteps): RuleBreak {
  return {
    fields: [field, stepsField],
    expected: `at least one step of decay in ${steps} steps`,
    found: String(decayFraction),
    suggestion: `the least is ${roundUp(0.5 / steps)}`,
  };
}

function stablePhaseRules(
  schedule: Extract<ScheduleSpec, { kind: 'wsd' }>,
  field: string,
  { steps, stepsField }: AllSteps,
  warmup: Warmup,
): readonly RuleBreak[] {
  const { decayStart } = forkSteps(steps, schedule);
  if (decayStart > warmup.steps) return [];
  const phases = `the warmup (${warmup.steps} steps) and the decay (from step ${decayStart} of ${steps})`;
  const expected = `a stable phase between ${phases}`;
  const found = `${schedule.decayFraction}, which leaves none`;
  return [{ fields: [field, warmup.field, stepsField], expected, found }];
}

function roundUp(fraction: number): number {
  return Math.ceil(fraction * 1e4) / 1e4;
}
