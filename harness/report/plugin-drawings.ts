/**
 * What figures and tables of a plug-in draw. `kinds` checks the records themselves when it loads the file, and guards
 * their functions. What is wrong is the user's error and names the file.
 */
import { z } from 'zod';
import { UserError } from '../spec/user-error.ts';
import type { FigureDrawing, FigureKind, TableDrawing, TableKind } from './view.ts';

const text = z.string();
const chart = z.record(text, z.unknown());
const line = { label: text, color: text, shape: text.nullable(), dash: z.array(z.number()).nullable() };
const figureDrawing = z.looseObject({
  title: text,
  caption: text,
  alt: text,
  spec: chart,
  panels: z.array(z.looseObject({ label: text, spec: chart })).optional(),
  legend: z.array(z.looseObject({ title: text, entries: z.array(z.looseObject(line)) })).optional(),
});
const number = z.number().nullable();
const numberRow = z.looseObject({
  model: text,
  arm: text,
  variant: text,
  pretrainPairs: number,
  samples: number,
  metric: text,
  mean: number,
  low: number,
  high: number,
  n: z.number(),
  method: text,
});
const tableDrawing = z.looseObject({
  title: text,
  columns: z.array(text),
  rows: z.array(z.array(text)),
  note: text,
  numbers: z.array(numberRow).optional(),
});

/** The figure with its drawings checked: they throw UserError (2) naming the file and every entry that is wrong. */
export function figureOf(kind: FigureKind, file: string): FigureKind {
  return withDraw(kind, file, (drawn) => checked<FigureDrawing>(figureDrawing, drawn, `${file}: figure ${kind.id}`));
}

/** The table with its drawings checked: they throw UserError (2) naming the file and every entry that is wrong. */
export function tableOf(kind: TableKind, file: string): TableKind {
  const check = (drawn: unknown): unknown => checked<TableDrawing>(tableDrawing, drawn, `${file}: table ${kind.id}`);
  return withDraw({ ...kind, isFolded: kind.isFolded ?? false }, file, check);
}

/** The record with its drawings checked. */
function withDraw<K extends FigureKind | TableKind>(kind: K, file: string, check: (drawn: unknown) => unknown): K {
  const drawChecked = (view: never): unknown => {
    const drawn: unknown = kind.draw(view);
    return drawn === null ? null : check(drawn);
  };
  return { ...kind, draw: drawChecked, source: file };
}

/** The value itself, not zod's copy. */
function checked<T>(schema: z.ZodType, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return value as T;
  const problems = parsed.error.issues.map(({ path, message }) => [path.map(String).join('.'), message].join(': '));
  throw new UserError(`${where}: ${problems.map((problem) => problem.replace(/^: /, '')).join('; ')}`, {
    exitCode: 2,
    hint: 'See docs/plugins.md for what a plug-in exports.',
  });
}
