/**
 * Rules between fields, which no schema of one field can say. Each is checked for the experiment as written and for
 * every trial of its sweep.
 */
import type { ScheduleSpec } from './experiment-schema.ts';
import { forkSteps, warmupSteps } from './fork-steps.ts';
import { modelRules } from './model-rules.ts';
import { finetuneBatchRules, pretrainBatchRules, trainableRules } from './training-rules.ts';
import { budgetPairs, type SectionName, type TrialSpec } from './trial-spec.ts';

/** A broken rule. `fields`: the dotted paths that make it, the one to blame first. */
export interface RuleBreak {
  readonly fields: readonly string[];
  readonly expected: string;
  readonly found: string;
  readonly suggestion?: string;
}

interface Rule {
  readonly sections: readonly SectionName[];
  readonly check: (trial: TrialSpec) => readonly RuleBreak[];
}

/** Labelled candidates a question has in each pool of the gsm8k task. */
const poolCandidates = { 'example-solutions': 4, candidates: 9 } as const;

const rules: readonly Rule[] = [
  { sections: ['model'], check: modelRules },
  { sections: ['pretrain'], check: pretrainRules },
  { sections: ['finetune'], check: finetuneRules },
  { sections: ['pretrain'], check: pretrainBatchRules },
  { sections: ['finetune'], check: finetuneBatchRules },
  { sections: ['model', 'finetune'], check: trainableRules },
  { sections: ['corpus'], check: corpusRules },
  { sections: ['task', 'finetune'], check: sampleRules },
  { sections: ['task', 'evaluate'], check: bestOfRules },
];

/**
 * All broken rules of a trial. Rules about a section that did not parse are left out: its own errors are told already.
 */
export function brokenRules(trial: Partial<TrialSpec>): readonly RuleBreak[] {
  return rules.flatMap(({ sections, check }) =>
    sections.every((section) => trial[section] !== undefined) ? check(trial as TrialSpec) : [],
  );
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

function corpusRules({ corpus }: TrialSpec): readonly RuleBreak[] {
  if (corpus.minCharacters < corpus.maxCharacters) return [];
  return [
    {
      fields: ['corpus.minCharacters', 'corpus.maxCharacters'],
      expected: `fewer than maxCharacters (${corpus.maxCharacters})`,
      found: String(corpus.minCharacters),
    },
  ];
}

function sampleRules({ task, finetune }: TrialSpec): readonly RuleBreak[] {
  if (task.kind !== 'generated' || finetune.samples <= task.trainPairs) return [];
  return [
    {
      fields: ['finetune.samples', 'task.trainPairs'],
      expected: `at most task.trainPairs (${task.trainPairs}) of ${task.name}`,
      found: String(finetune.samples),
    },
  ];
}

function bestOfRules({ task, evaluate }: TrialSpec): readonly RuleBreak[] {
  const most = task.kind === 'generated' ? task.candidates : poolCandidates[task.pool];
  const poolField = task.kind === 'generated' ? 'task.candidates' : 'task.pool';
  const tooMany = evaluate.bestOf.filter((n) => n > most);
  const broken: RuleBreak[] = [];
  if (tooMany.length > 0)
    broken.push({
      fields: ['evaluate.bestOf', poolField],
      expected: `no N above the ${most} candidates a question of ${task.name} has`,
      found: tooMany.join(', '),
    });
  const repeated = evaluate.bestOf.filter((n, index) => evaluate.bestOf.indexOf(n) !== index);
  if (repeated.length > 0)
    broken.push({ fields: ['evaluate.bestOf'], expected: 'each N once', found: `${repeated.join(', ')} again` });
  return broken;
}
