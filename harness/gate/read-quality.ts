/** Scores of single items from the records of an experiment: what a paired test over seeds is made of. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bestOfN, pairsOf, questionsOf, readItems, type Item } from '../eval/index.ts';
import { readTrialResults, withDatabase } from '../record/index.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { UserError } from '../spec/user-error.ts';
import { recordedOutputs, stageFolder } from '../store/index.ts';
import type { ItemSet, QualitySamples, QualityScores } from './samples.ts';

/**
 * Of every condition of the experiment: pairwise accuracy, where there are pairs, and the accuracy of the best of all
 * candidates, where there is a pool. Empty where no such experiment is on record.
 *
 * @throws UserError (5) where nothing is recorded, (4) where scores cannot be read.
 */
export async function readQuality(resultsFolder: string, experiment: string, spec: string): Promise<QualitySamples> {
  const { trials } = await withDatabase(resultsFolder, (database) => readTrialResults(database, experiment));
  const itemSets: Record<string, ItemSet> = {};
  const quality = conditionsOf(trials).flatMap(({ condition, ofCondition }) => {
    const scored = ofCondition.map((trial) => ({ trial, items: itemsOf(resultsFolder, trial) }));
    return scoresOf(scored, itemSets).map((scores) => ({ experiment, condition, ...scores }));
  });
  return {
    experiments: trials.length === 0 ? [] : [{ name: experiment, spec }],
    itemSets,
    quality,
  };
}

interface ConditionTrials {
  readonly condition: string;
  readonly ofCondition: readonly TrialResult[];
}

/** In the order of the plan. */
function conditionsOf(trials: readonly TrialResult[]): readonly ConditionTrials[] {
  const found = new Map<string, TrialResult[]>();
  for (const trial of trials) {
    const condition = conditionOf(trial);
    found.set(condition, [...(found.get(condition) ?? []), trial]);
  }
  return [...found].map(([condition, ofCondition]) => ({ condition, ofCondition }));
}

/** Without the seed: the task, the model, and the axes as the author labelled them. */
function conditionOf({ task, model, arm, pretrainPairs, samples, declared }: TrialResult): string {
  const labels = Object.entries(declared).map(([axis, label]) => `${axis} ${label}`);
  const derived = [arm, ...(pretrainPairs > 0 ? [`${pretrainPairs} pairs`] : []), `${samples} samples`];
  return [task, model, ...(labels.length === 0 ? derived : labels)].join(', ');
}

interface ScoredTrial {
  readonly trial: TrialResult;
  /** null where the trial has none. */
  readonly items: readonly Item[] | null;
}

function itemsOf(resultsFolder: string, { outcome, evaluateStage }: TrialResult): readonly Item[] | null {
  if (outcome !== 'completed') return null;
  return readItems(join(stageFolder(resultsFolder, evaluateStage), recordedOutputs.items));
}

/** What is right of an item, between 0 and 1. */
interface ItemValue {
  readonly id: string;
  readonly group: string;
  readonly value: number;
}

type ConditionScores = Omit<QualityScores, 'experiment' | 'condition'>;

const metrics = [
  { name: 'pairwise accuracy', valuesOf: pairValues },
  { name: 'best of all candidates', valuesOf: poolValues },
] as const;

/** Ties earn nothing, and neither does a reward that is no number. */
function pairValues(items: readonly Item[]): readonly ItemValue[] {
  return pairsOf(items).map(({ itemId, chosen, rejected }) => ({
    id: itemId,
    group: chosen.group,
    value: Math.fround(chosen.reward) > Math.fround(rejected.reward) ? 1 : 0,
  }));
}

function poolValues(items: readonly Item[]): readonly ItemValue[] {
  return questionsOf(items).map((candidates) => {
    const [first] = candidates as readonly [Item];
    const isJudged = candidates.every(({ reward }) => Number.isFinite(reward));
    const value = isJudged ? (bestOfN(candidates, [candidates.length])[0]?.value ?? 0) : 0;
    return { id: first.itemId, group: first.group, value };
  });
}

/** One condition: its trials share their items. Item sets are added to `itemSets`. */
function scoresOf(trials: readonly ScoredTrial[], itemSets: Record<string, ItemSet>): readonly ConditionScores[] {
  const missing = trials
    .filter(({ items }) => items === null)
    .map(({ trial: { seed, outcome, cause } }) => ({ seed, outcome, cause }));
  const found = metrics.flatMap(({ name, valuesOf }) => {
    const rows = trials.flatMap(({ trial, items }) =>
      items === null ? [] : [{ seed: trial.seed, values: sorted(valuesOf(items)) }],
    );
    const [first] = rows;
    if (first === undefined || first.values.length === 0) return [];
    const names = rows.map(({ values }) => registered(values, itemSets));
    const other = rows.find((_, row) => names[row] !== names[0]);
    if (other !== undefined) throw otherItems(trials[0]?.trial.task ?? '', first.seed, other.seed);
    const seeds = rows.map(({ seed, values }) => ({ seed, values: values.map(({ value }) => value) }));
    return [{ metric: name, itemSet: names[0] as string, seeds, missing }];
  });
  // A condition without any score must be told as well.
  return found.length > 0 ? found : [{ metric: metrics[0].name, itemSet: null, seeds: [], missing }];
}

function otherItems(task: string, first: number, other: number): UserError {
  return new UserError(`${task}: seed ${other} was scored on other items than seed ${first}`, {
    exitCode: 5,
    hint: 'A gate compares scores of the same items: give the task one split for all seeds.',
  });
}

const sorted = (values: readonly ItemValue[]): readonly ItemValue[] =>
  values.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** The name of the set. */
function registered(values: readonly ItemValue[], itemSets: Record<string, ItemSet>): string {
  const set = { ids: values.map(({ id }) => id), groups: values.map(({ group }) => group) };
  const name = createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 12);
  itemSets[name] = set;
  return name;
}
