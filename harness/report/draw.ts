/**
 * Draws every registered figure and table over its views, and names what they give. What is about a task says which of
 * its rows were used, cut and dropped.
 */
import { UserError } from '../spec/user-error.ts';
import { unique } from './distinct.ts';
import { testItemsOf } from './estimate.ts';
import { overLengthText, rowsText } from './over-length.ts';
import type { Figure, NumberRow, Table } from './report-types.ts';
import {
  modelViews,
  taskViews,
  type ExperimentView,
  type FigureDrawing,
  type FigureKind,
  type TableDrawing,
  type TableKind,
  type TaskView,
} from './view.ts';

/** A file takes the name of its figure's id; where there are several tasks, the task is added. */
export function drawFigures(kinds: readonly FigureKind[], view: ExperimentView): readonly Figure[] {
  const views = taskViews(view);
  const nameOf = ({ id }: FigureKind, task: string): string => (views.length === 1 ? id : `${id}-${task}`);
  const perTask = views.flatMap((own) =>
    kinds.flatMap((kind) =>
      kind.scope === 'task'
        ? figureOf(kind, { name: nameOf(kind, own.task), task: own.task }, figureOfTask(kind, own))
        : [],
    ),
  );
  const general = kinds.flatMap((kind) =>
    kind.scope === 'experiment' ? figureOf(kind, { name: kind.id, task: null }, drawnBy(kind, view)) : [],
  );
  return withOwnNames([...perTask, ...general], 'figures');
}

function figureOfTask(kind: Extract<FigureKind, { scope: 'task' }>, view: TaskView): FigureDrawing | null {
  const drawing = drawnBy(kind, view);
  if (drawing === null) return null;
  return { ...drawing, caption: `${drawing.caption}${overLengthText(view.cells, 'test pairs')}` };
}

function figureOf(
  kind: FigureKind,
  { name, task }: { readonly name: string; readonly task: string | null },
  drawing: FigureDrawing | null,
): readonly Figure[] {
  if (drawing === null) return [];
  const { title, caption, alt, spec, panels = [{ label: title, spec }], legend = [], reading = null } = drawing;
  return [{ name, task, title, caption, alt, spec, panels, legend, reading, source: kind.source ?? null }];
}

interface Drawn {
  readonly table: Table;
  readonly numbers: readonly NumberRow[];
}

/** Tables without rows are left out. */
export function drawTables(kinds: readonly TableKind[], view: ExperimentView): readonly Drawn[] {
  const perTask = taskViews(view).flatMap((own) => kinds.flatMap((kind) => tablesOfTask(kind, own)));
  const general = kinds.flatMap((kind) => (kind.scope === 'experiment' ? tableOf(kind, [], drawnBy(kind, view)) : []));
  const drawn = [...perTask, ...general];
  withOwnNames(
    drawn.map(({ table }) => table),
    'tables',
  );
  return drawn;
}

/** One, or one for each model. */
function tablesOfTask(kind: TableKind, view: TaskView): readonly Drawn[] {
  if (kind.scope === 'experiment') return [];
  if (kind.scope === 'task') return tableOf(kind, [view.task], withRows(drawnBy(kind, view), view));
  return modelViews(view).flatMap((own) => tableOf(kind, [own.task, own.model], withRows(drawnBy(kind, own), own)));
}

function withRows(drawing: TableDrawing | null, { cells, headline }: TaskView): TableDrawing | null {
  const items = testItemsOf(
    headline,
    cells.flatMap(({ used }) => used),
  ).noun;
  const set = items === 'questions' ? 'pool questions' : items;
  return drawing === null ? null : { ...drawing, note: `${drawing.note}${rowsText(cells, set)}` };
}

/** `place`: the task and the model, as far as the table is about one. */
function tableOf(
  { id, isFolded }: TableKind,
  place: readonly string[],
  drawing: TableDrawing | null,
): readonly Drawn[] {
  if (drawing === null || drawing.rows.length === 0) return [];
  const { title, columns, rows, note, numbers = [] } = drawing;
  const task = place[0] ?? null;
  return [
    {
      table: { name: [id, ...place].join('-'), title, task, isFolded, columns, rows, note },
      numbers: numbers.map((row) => ({ table: id, task: task ?? '', ...row })),
    },
  ];
}

/** An error says which figure or table it is in; one in a plug-in says file and line itself. */
function drawnBy<View, Drawing>(kind: { readonly id: string; draw(view: View): Drawing }, view: View): Drawing {
  try {
    return kind.draw(view);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new Error(`report: ${kind.id} cannot be drawn: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Throws UserError (exit 2) where two of them would overwrite each other. */
function withOwnNames<T extends { readonly name: string }>(drawn: readonly T[], what: string): readonly T[] {
  const names = drawn.map(({ name }) => name);
  const twice = unique(names).find((name) => names.filter((other) => other === name).length > 1);
  if (twice === undefined) return drawn;
  throw new UserError(`two ${what} of the report are called ${twice}`, {
    exitCode: 2,
    hint: 'Give the one that you registered another id.',
  });
}
