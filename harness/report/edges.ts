/** Choices at the edge of what was tried: a better value may lie beyond, so an arm may be worse than it could be. */
import type { ChoiceValue } from '../record/index.ts';
import type { Cell } from './report-types.ts';

export interface Edge {
  readonly value: number;
  readonly where: 'smallest' | 'largest';
}

/** None of values that are no numbers, or of fewer than two: there was nothing to choose from. */
export function edgesOf(tried: readonly ChoiceValue[]): readonly Edge[] {
  const numbers = tried.filter((value) => typeof value === 'number');
  if (numbers.length < 2 || numbers.length < tried.length) return [];
  return [
    { value: Math.min(...numbers), where: 'smallest' },
    { value: Math.max(...numbers), where: 'largest' },
  ];
}

/** One value a point of the sweep. */
export function chosenAt(cells: readonly Cell[], path: string): readonly ChoiceValue[] {
  return cells.flatMap(({ used }) => {
    const trial = used.find(({ choices }) => path in choices);
    return trial === undefined ? [] : [trial.choices[path] as ChoiceValue];
  });
}
