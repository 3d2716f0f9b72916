/** Hyperparameters that were chosen on the dev split. */
import { unique } from '../distinct.ts';
import { armLabel, dash } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { TableKind } from '../view.ts';

export const selectionTable: TableKind = {
  id: 'selection',
  scope: 'experiment',
  isFolded: false,
  draw: ({ cells }) => {
    const paths = chosenPaths(cells);
    if (paths.length === 0) return null;
    const rows = cells.filter((cell) => cell.used.length > 0).map((cell) => rowOf(cell, paths));
    return {
      title: 'Hyperparameters chosen on the dev split',
      columns: ['task', 'model', 'arm', ...paths],
      // Cells that share a choice have equal rows.
      rows: [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()],
      note: 'Chosen by dev pairwise accuracy; the test split is not looked at.',
    };
  },
};

function chosenPaths(cells: readonly Cell[]): readonly string[] {
  return unique(cells.flatMap(({ used }) => used.flatMap(({ choices }) => Object.keys(choices)))).toSorted();
}

/** Values that differ inside a cell are all named; null is one of them. */
function rowOf(cell: Cell, paths: readonly string[]): readonly string[] {
  const values = paths.map((path) => {
    const chosen = cell.used.flatMap(({ choices }) => (path in choices ? [String(choices[path])] : []));
    return unique(chosen).join(', ') || dash;
  });
  return [cell.task, cell.model, armLabel(cell, false), ...values];
}
