/**
 * Rules between fields, which no schema of one field can say. Each is checked for the experiment as written and for
 * every trial of its sweep.
 */
import type { ScheduleSpec } from './experiment-schema.ts';
import { forkSteps, warmupSteps } from './fork-steps.ts';
import { modelRules } from './model-rules.ts';
import { finetuneBatchRules, pretrainBatchRules, trainableRules } from './training-rules.ts';
import type { SectionName, TrialSpec } from './format.ts';
import { kindOf, type Kind, type KindSpec, type RuleBreak, type SpecKinds } from './kind.ts';
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
  { sections: ['start'], check: ({ start }, { starts }) => ownRules('start', start, starts) },
  { sections: ['corpus'], check: ({ corpus }, { corpora }) => ownRules('corpus', corpus, corpora) },
  { sections: ['pairs'], check: (trial, { pairs }) => ownRules('pairs', trial.pairs, pairs) },
  { sections: ['task'], check: ({ task }, { tasks }) => ownRules('task', task, tasks) },
  { sections: ['pretrain', 'pairs', 'corpus', 'tokenizer'], check: sourceRules },
  { sections: ['task', 'finetune'], check: sampleRules },
  { sections: ['task', 'evaluate'], check: bestOfRules },
];

/**
 * All broken rules of a trial. Rules about a section that did not parse are left out: its own errors are told already.
 */
export function brokenRules(trial: Partial<TrialSpec>, kinds: SpecKinds): readonly RuleBreak[] {
  return rules.flatMap(({ sections, check }) =>
    sections.every((section) => trial[section] !== undefined) ? check(trial as TrialSpec, kinds) : [],
  );
}

/** The rules that a kind has for its own section. */
function ownRules(section: SectionName, spec: KindSpec | null, kinds: readonly Kind[]): readonly RuleBreak[] {
  if (spec === null) return [];
  const broken = kindOf(kinds, spec).rules?.(spec) ?? [];
  return broken.map((one) => ({ ...one, fields: one.fields.map((field) => `${section}.${field}`) }));
}

/** What is read must be named. */
function sourceRules({ pretrain, pairs, corpus, tokenizer }: TrialSpec, kinds: SpecKinds): readonly RuleBreak[] {
  const isPretrained = pretrain.objective.kind !== 'none';
  const missing = (field: string, why: string): RuleBreak => ({ fields: [field], expected: why, found: 'null' });
  const broken: RuleBreak[] = [];
  if (isPretrained && pairs === null) broken.push(missing('pairs', 'a source of preference pairs, for pretraining'));
  const isCorpusRead =
    tokenizer.kind === 'bpe' || (isPretrained && pairs !== null && kindOf(kinds.pairs, pairs).readsCorpus);
  if (corpus === null && isCorpusRead)
    broken.push(
      missing(
        'corpus',
        tokenizer.kind === 'bpe' ? 'a corpus, to train the tokenizer on' : 'a corpus, to make pairs from',
      ),
    );
  return broken;
}

function pretrainRules({ pretrain }: TrialSpec): readonly RuleBreak[] {
  const { objective, budget, pairsPerStep, schedule } = pretrain;
  if (objective.kind === 'none') return [];
  const unit = 'pairs' in budget ? 'pairs' : 'tokensOfPairs';
  const pairs = budgetPairs(budget);
  const field = `pretrain.budget.${unit}`;
  const broken: RuleBreak[] = [];
  if (objective.kind === 'pmp' && unit === 'tokensOfPairs')
    broken.push({
      fields: [field, 'pretrain.objective'],
      expected: 'pairs (tokensOfPairs is for lm: as many tokens as preference pretraining sees)',
      found: 'tokensOfPairs',
      suggestion: `write {pairs: ${pairs}}`,
    });
  if (pairs % pairsPerStep !== 0) {
    const nearest = Math.max(1, Math.round(pairs / pairsPerStep)) * pairsPerStep;
    broken.push({
      fields: [field, 'pretrain.pairsPerStep'],
      expected: `whole steps of ${pairsPerStep} pairs`,
      found: String(pairs),
      suggestion: `the nearest is ${nearest}`,
    });
    return broken;
  }
  if (schedule.kind === 'wsd' && 'fraction' in schedule.warmup) {
    broken.push({
      fields: ['pretrain.schedule.warmup'],
      expected: 'warmup in {steps: ...}',
      found: `{fraction: ${schedule.warmup.fraction}}`,
      suggestion: 'all budgets share the trunk and so its warmup; a fraction would differ by budget',
    });
    return broken;
  }
  return [...broken, ...scheduleRules('pretrain', schedule, { steps: pairs / pairsPerStep, stepsField: field })];
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

function scheduleRules(
  section: 'pretrain' | 'finetune',
  schedule: ScheduleSpec,
  { steps, stepsField }: { steps: number; stepsField: string },
): readonly RuleBreak[] {
  const warmup = warmupSteps(schedule.warmup, steps);
  const unit = 'steps' in schedule.warmup ? 'steps' : 'fraction';
  const warmupField = `${section}.schedule.warmup.${unit}`;
  const written =
    unit === 'steps'
      ? String(warmup)
      : `${'fraction' in schedule.warmup ? schedule.warmup.fraction : ''} (${warmup} steps)`;
  if (warmup >= steps)
    return [
      { fields: [warmupField, stepsField], expected: `fewer warmup steps than all ${steps} steps`, found: written },
    ];
  if (schedule.kind === 'cosine') return [];
  const decayField = `${section}.schedule.decayFraction`;
  if (schedule.decayFraction * steps < 0.5)
    return [
      {
        fields: [decayField, stepsField],
        expected: `at least one step of decay in ${steps} steps`,
        found: String(schedule.decayFraction),
        suggestion: `the least is ${roundUp(0.5 / steps)}`,
      },
    ];
  const { decayStart } = forkSteps(steps, schedule);
  if (decayStart > warmup) return [];
  return [
    {
      fields: [decayField, warmupField, stepsField],
      expected: `a stable phase between the warmup (${warmup} steps) and the decay (from step ${decayStart} of ${steps})`,
      found: `${schedule.decayFraction}, which leaves none`,
    },
  ];
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
  const facts = kindOf(tasks, task);
  const { questions, leastCandidates: most } = facts.sizes(task);
  const tooMany = questions === 0 ? [] : evaluate.bestOf.filter((n) => n > most);
  const broken: RuleBreak[] = [];
  if (tooMany.length > 0)
    broken.push({
      fields: ['evaluate.bestOf', `task.${facts.sizeFields?.candidates ?? 'kind'}`],
      expected: `no N above the ${most} candidates that every question of ${task.name} has`,
      found: tooMany.join(', '),
    });
  const repeated = evaluate.bestOf.filter((n, index) => evaluate.bestOf.indexOf(n) !== index);
  if (repeated.length > 0)
    broken.push({ fields: ['evaluate.bestOf'], expected: 'each N once', found: `${repeated.join(', ')} again` });
  return broken;
}
