/** Hyperparameters that were chosen on the dev split. */
import { selectedTemplate, templateParts } from '../../kinds/metrics.ts';
import { unique } from '../distinct.ts';
import { recordedValues } from '../estimate.ts';
import { armLabel, dash } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { TableKind } from '../view.ts';

export const selectionTable: TableKind = {
  id: 'selection',
  scope: 'experiment',
  isFolded: false,
  draw: ({ cells }) => {
    const names = selectedNames(cells);
    if (names.length === 0) return null;
    const rows = cells.filter((cell) => cell.used.length > 0).map((cell) => rowOf(cell, names));
    return {
      title: 'Hyperparameters chosen on the dev split',
      columns: [
        'task',
        'model',
        'arm',
        ...names.map((name) => templateParts(selectedTemplate, name)?.['path'] ?? name),
      ],
      // Cells that share a choice have equal rows.
      rows: [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()],
      note: 'Chosen by dev pairwise accuracy; the test split is not looked at.',
    };
  },
};

function selectedNames(cells: readonly Cell[]): readonly string[] {
  const names = cells.flatMap((cell) => cell.used.flatMap((trial) => Object.keys(trial.metrics)));
  return unique(names)
    .filter((name) => templateParts(selectedTemplate, name) !== null)
    .toSorted();
}

/** Values that differ inside a cell are all named. */
function rowOf(cell: Cell, names: readonly string[]): readonly string[] {
  const values = names.map(
    (name) =>
      unique(recordedValues([cell], name))
        .map(String)
        .join(', ') || dash,
  );
  return [cell.task, cell.model, armLabel(cell, false), ...values];
}
