/**
 * Rules between fields, which no schema of one field can say. Each is checked for the experiment as written and for
 * every trial of its sweep.
 */
import type { PretrainSpec, ScheduleSpec } from './training-schema.ts';
import { forkSteps, warmupSteps } from './fork-steps.ts';
import { modelRules } from './model-rules.ts';
import { finetuneBatchRules, pretrainBatchRules, trainableRules } from './training-rules.ts';
import type { SectionName, TrialSpec } from './format.ts';
import { kindOf, type Kind, type KindSpec, type RuleBreak, type SpecKinds, type TaskSpec } from './kind.ts';
import { budgetPairs } from './trial-spec.ts';

interface Rule {
  readonly sections: readonly SectionName[];
  readonly check: (trial: TrialSpec, kinds: SpecKinds) => readonly RuleBreak[];
}

const rules: readonly Rule[] = [
  { sections: ['model'], check: modelRules },
  { sections: ['pretrain'], check: pretrainRules },
  { sections: ['finetune'], check: finetuneRules },
  { sections: ['pretrain'], check: pretrainBatchRules },
  { sections: ['finetune'], check: finetuneBatchRules },
  { sections: ['model', 'finetune'], check: trainableRules },
  { sections: ['tokenizer'], check: tokenizerRules },
  { sections: ['start'], check: ({ start }, { starts }) => ownRules('start', start, starts) },
  { sections: ['corpus'], check: ({ corpus }, { corpora }) => ownRules('corpus', corpus, corpora) },
  {
    sections: ['descriptions'],
    check: ({ descriptions }, kinds) => ownRules('descriptions', descriptions, kinds.descriptions),
  },
  { sections: ['pairs'], check: (trial, { pairs }) => ownRules('pairs', trial.pairs, pairs) },
  { sections: ['task'], check: ({ task }, { tasks }) => ownRules('task', task, tasks) },
  { sections: ['pretrain', 'pairs', 'corpus', 'tokenizer'], check: sourceRules },
  { sections: ['pretrain', 'pairs'], check: preferenceRules },
  { sections: ['task', 'finetune'], check: sampleRules },
  { sections: ['task', 'evaluate'], check: bestOfRules },
];

/**
 * All broken rules of a trial. Rules about a section that did not parse are left out: its own errors are reported.
 */
export function brokenRules(trial: Partial<TrialSpec>, kinds: SpecKinds): readonly RuleBreak[] {
  return rules.flatMap(({ sections, check }) =>
    sections.every((section) => trial[section] !== undefined) ? check(trial as TrialSpec, kinds) : [],
  );
}

/** The rules of a model and its pretraining, for kinds that train one of their own. */
export function trainedModelRules(trained: Pick<TrialSpec, 'model' | 'pretrain'>): readonly RuleBreak[] {
  const trial = trained as TrialSpec;
  return [...modelRules(trial), ...pretrainRules(trial), ...pretrainBatchRules(trial)];
}

/** The rules that a kind has for its own section. */
function ownRules(section: SectionName, spec: KindSpec | null, kinds: readonly Kind[]): readonly RuleBreak[] {
  if (spec === null) return [];
  const broken = kindOf(kinds, spec).rules?.(spec) ?? [];
  return broken.map((one) => ({ ...one, fields: one.fields.map((field) => `${section}.${field}`) }));
}

/** That of a checkpoint is checked with the start. */
function tokenizerRules({ tokenizer }: TrialSpec, { tokenizers }: SpecKinds): readonly RuleBreak[] {
  return tokenizer.kind === 'checkpoint' ? [] : ownRules('tokenizer', tokenizer, tokenizers);
}

/** What is read must be named. */
function sourceRules(trial: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  const missing = (field: string, expected: string): RuleBreak => ({ fields: [field], expected, found: 'null' });
  const broken: RuleBreak[] = [];
  if (trial.pairs === null && isPretrained(trial))
    broken.push(missing('pairs', 'a source of preference pairs, for pretraining'));
  const use = trial.corpus === null ? corpusUse(trial, kinds) : null;
  return use === null ? broken : [...broken, missing('corpus', `a corpus, ${use}`)];
}

function corpusUse(trial: TrialSpec, kinds: SpecKinds): string | null {
  const { tokenizer, pairs } = trial;
  if (tokenizer.kind !== 'checkpoint' && kindOf(kinds.tokenizers, tokenizer).readsCorpus)
    return 'to train the tokenizer on';
  if (pairs === null || !isPretrained(trial)) return null;
  return readsCorpus(pairs, kinds) ? 'to make pairs from' : null;
}

/** Whether a source, or any part of it, is made from the corpus. */
export function readsCorpus(pairs: KindSpec, kinds: SpecKinds): boolean {
  const kind = kindOf(kinds.pairs, pairs);
  return kind.readsCorpus || Object.values(kind.parts?.(pairs) ?? {}).some((part) => readsCorpus(part, kinds));
}

/** A preference cannot be learned from rows that have none. */
function preferenceRules({ pretrain, pairs }: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  if (pairs === null || pretrain.objective.kind !== 'pmp') return [];
  if (kindOf(kinds.pairs, pairs).hasPreference !== false) return [];
  return [
    {
      fields: ['pairs.kind', 'pretrain.objective'],
      expected: 'a source of preference pairs, for the objective pmp',
      found: `${pairs.kind}, which is for language modelling only`,
    },
  ];
}

function isPretrained({ pretrain }: TrialSpec): boolean {
  return pretrain.objective.kind !== 'none';
}

function pretrainRules(trial: TrialSpec): readonly RuleBreak[] {
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

function finetuneRules({ finetune }: TrialSpec): readonly RuleBreak[] {
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

function sampleRules({ task, finetune }: TrialSpec, { tasks }: SpecKinds): readonly RuleBreak[] {
  const facts = kindOf(tasks, task);
  const { trainPairs } = facts.sizes(task);
  if (trainPairs === null || finetune.samples <= trainPairs) return [];
  const field = `task.${facts.sizeFields?.trainPairs ?? 'kind'}`;
  return [
    {
      fields: ['finetune.samples', field],
      expected: `at most ${field} (${trainPairs}) of ${task.name}`,
      found: String(finetune.samples),
    },
  ];
}

function bestOfRules({ task, evaluate }: TrialSpec, { tasks }: SpecKinds): readonly RuleBreak[] {
  return [...candidateRules(task, evaluate.bestOf, tasks), ...repeatedRules(evaluate.bestOf)];
}

function candidateRules(task: TaskSpec, bestOf: readonly number[], tasks: SpecKinds['tasks']): readonly RuleBreak[] {
  const facts = kindOf(tasks, task);
  const { questions, leastCandidates: most } = facts.sizes(task);
  const tooMany = questions === 0 ? [] : bestOf.filter((n) => n > most);
  if (tooMany.length === 0) return [];
  return [
    {
      fields: ['evaluate.bestOf', `task.${facts.sizeFields?.candidates ?? 'kind'}`],
      expected: `no N above the ${most} candidates that every question of ${task.name} has`,
      found: tooMany.join(', '),
    },
  ];
}

function repeatedRules(bestOf: readonly number[]): readonly RuleBreak[] {
  const repeated = bestOf.filter((n, index) => bestOf.indexOf(n) !== index);
  if (repeated.length === 0) return [];
  return [{ fields: ['evaluate.bestOf'], expected: 'each N once', found: `${repeated.join(', ')} again` }];
}
