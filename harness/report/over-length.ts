/**
 * How many rows a number rests on, and what became of those that were longer than the context: an n without it says
 * less than it seems to.
 */
import { cutReasons, dropReasons } from '../data/index.ts';
import { recordedValues, testPairsMetric } from './estimate.ts';
import { capitalized, range } from './format.ts';
import type { Cell } from './report-types.ts';

/** Rows of a report: the metric that counts those used, and where the stage counts the others (`stage-files.ts`). */
const sets = {
  'test pairs': { used: testPairsMetric, phase: 'test', noun: 'pair' },
  'pool questions': { used: 'eval/pool_questions', phase: 'task', noun: 'question' },
  'pretraining pairs': { used: 'pairs/pairs', phase: 'pairs', noun: 'pair' },
} as const;
export type RowSet = keyof typeof sets;

/**
 * ` Test pairs: 500 used, 40 with the prompt cut to the context, 12 dropped (longer than the context).`, with a space
 * before it; empty where nothing is recorded.
 */
export function rowsText(cells: readonly Cell[], set: RowSet): string {
  const used = recordedValues(cells, sets[set].used);
  if (used.length === 0) return '';
  return ` ${capitalized(set)}: ${[`${range(used)} used`, ...changed(cells, set)].join(', ')}.`;
}

/** The same, and empty also where every row fits. */
export function overLengthText(cells: readonly Cell[], set: RowSet): string {
  return changed(cells, set).length === 0 ? '' : rowsText(cells, set);
}

function changed(cells: readonly Cell[], set: RowSet): readonly string[] {
  const counted = (reason: string, text: (counts: string) => string): readonly string[] => {
    const { phase, noun } = sets[set];
    const counts = recordedValues(cells, `${phase}/${noun}_${reason.replaceAll(' ', '_')}`);
    return Math.max(0, ...counts) === 0 ? [] : [text(range(counts))];
  };
  return [
    ...cutReasons.flatMap((reason) => counted(reason, (counts) => `${counts} with the ${reason}`)),
    ...dropReasons.flatMap((reason) => counted(reason, (counts) => `${counts} dropped (${reason})`)),
  ];
}
