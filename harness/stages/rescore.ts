/** The metrics of a stored evaluation under other labels: its rewards are read, and nothing is computed by a model. */
import path from 'node:path';
import { evaluateTask, majorityAtN, passAtN, readItems, type Item, type Metric } from '../eval/index.ts';
import { recordedOutputs } from '../store/index.ts';
import type { Regraded } from './regrade.ts';

export interface RescoredMetric {
  readonly name: string;
  /** null where it is not defined for the recorded labels, or not for the new ones. */
  readonly recorded: number | null;
  readonly now: number | null;
}

/** @param folder Of a done evaluate stage. @throws UserError (4) where its items are damaged. */
export function rescore(folder: string, bestOf: readonly number[], regraded: Regraded): RescoredMetric[] {
  const recorded = readItems(path.join(folder, recordedOutputs.items));
  const before = metricsOf(recorded, bestOf, regraded);
  const after = metricsOf(relabelled(recorded, regraded), bestOf, regraded);
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.map((name) => ({ name, recorded: valueOf(before, name), now: valueOf(after, name) }));
}

/** Those of an evaluate stage, and of its baselines the two that labels and answers alone decide. */
function metricsOf(items: readonly Item[], bestOf: readonly number[], { withinSource }: Regraded): readonly Metric[] {
  const hasPool = items.some(({ set }) => set === 'pool');
  const Ns = hasPool ? bestOf : [];
  const atN = [
    { name: 'majority', values: majorityAtN(items, Ns) },
    { name: 'pass', values: passAtN(items, Ns) },
  ];
  return [
    ...evaluateTask({ items, bestOf: Ns, withinSource }),
    ...atN.flatMap(({ name, values }) => values.map(({ N, value }) => ({ name: `baseline/${name}_at_${N}`, value }))),
  ].filter(({ value }) => Number.isFinite(value));
}

const valueOf = (metrics: readonly Metric[], name: string): number | null =>
  metrics.find((metric) => metric.name === name)?.value ?? null;

/** A swapped pair has its two candidates exchanged, a dropped one is left out. */
function relabelled(items: readonly Item[], { pool, pairs }: Regraded): readonly Item[] {
  const questions = new Map(pool.map(({ id, candidates }) => [id, candidates]));
  return items.flatMap((item): readonly Item[] => {
    if (item.set === 'pool') {
      const candidate = questions.get(item.itemId)?.[item.candidate];
      if (candidate === undefined) throw new Error(`${item.itemId}: candidate ${item.candidate} has no text`);
      return [{ ...item, isCorrect: candidate.isCorrect, answer: candidate.answer }];
    }
    const fate = pairs.get(item.itemId);
    if (fate === 'dropped') return [];
    if (fate !== 'swapped') return [item];
    return [{ ...item, candidate: 1 - item.candidate, isCorrect: item.candidate === 1 }];
  });
}
