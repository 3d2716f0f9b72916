/** Hyperparameters that were chosen on the dev split. */
import { plural } from '../../text/index.ts';
import { groupBy, unique } from '../distinct.ts';
import { chosenAt, edgesOf } from '../edges.ts';
import { armLabel, dash } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { ExperimentView, TableKind } from '../view.ts';

export const selectionTable: TableKind = {
  id: 'selection',
  scope: 'experiment',
  isFolded: false,
  draw: ({ cells, tried }) => {
    const paths = chosenPaths(cells);
    if (paths.length === 0) return null;
    const rows = rowsOf(
      cells.filter((cell) => cell.used.length > 0),
      paths,
    );
    return {
      title: 'Hyperparameters chosen on the dev split',
      columns: ['task', 'model', 'arm', ...paths],
      rows,
      note: ['Chosen by dev pairwise accuracy; the test split is not looked at.', ...edgeTexts(cells, tried)].join(' '),
    };
  },
};

function chosenPaths(cells: readonly Cell[]): readonly string[] {
  return unique(cells.flatMap(({ used }) => used.flatMap(({ choices }) => Object.keys(choices)))).toSorted();
}

/** Cells that share a choice are one row; where budgets of an arm have choices of their own, a row says which. */
function rowsOf(cells: readonly Cell[], paths: readonly string[]): readonly (readonly string[])[] {
  const arms = groupBy(cells, ({ task, model, arm, variant }) => JSON.stringify([task, model, arm.id, variant]));
  return arms.flatMap((group) => {
    const rows = distinctRows(group.map((cell) => rowOf(cell, paths, false)));
    return rows.length === 1 ? rows : distinctRows(group.map((cell) => rowOf(cell, paths, true)));
  });
}

const distinctRows = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];

function edgeTexts(cells: readonly Cell[], tried: ExperimentView['tried']): readonly string[] {
  return Object.entries(tried).flatMap(([path, values]) => {
    const chosen = chosenAt(cells, path);
    return edgesOf(values).flatMap(({ value, where }) => {
      const times = chosen.filter((one) => one === value).length;
      if (times === 0) return [];
      return [
        `${path} ${value}, the ${where} that was tried, was taken at ${times} of ${plural(chosen.length, 'point')} ` +
          'of the sweep: a better one may lie beyond.',
      ];
    });
  });
}

/** Values that differ inside a cell are all named; null is one of them. */
function rowOf(cell: Cell, paths: readonly string[], withPairs: boolean): readonly string[] {
  const values = paths.map((path) => {
    const chosen = cell.used.flatMap(({ choices }) => (path in choices ? [String(choices[path])] : []));
    return unique(chosen).join(', ') || dash;
  });
  return [cell.task, cell.model, armLabel(cell, withPairs), ...values];
}
