/**
 * Figures, tables and metrics of a plug-in, checked: their records when they are registered, their drawings when they
 * are drawn. What is wrong is the user's error and names the file.
 */
import { z } from 'zod';
import { metricUnits, pluginError, type MetricInfo } from '../kinds/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { FigureDrawing, FigureKind, TableDrawing, TableKind } from './view.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens');
const draw = z.custom<unknown>((value) => typeof value === 'function', 'must be a function');
const figureSchema = z.looseObject({ id, scope: z.enum(['task', 'experiment']), draw });
const tableSchema = z.looseObject({
  id,
  scope: z.enum(['model', 'task', 'experiment']),
  isFolded: z.boolean().optional(),
  draw,
});
const metricSchema = z.strictObject({
  name: z.string().min(1),
  unit: z.enum(metricUnits),
  better: z.enum(['high', 'low']).nullable(),
  label: z.string().optional(),
  chance: z.number().optional(),
});

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

/** @throws UserError (2) naming the file and every entry that is wrong. */
export function checkFigure(record: object, file: string): FigureKind {
  const kind = checked<FigureKind>(figureSchema, record, `${file}: figures`);
  const isDrawing = (drawn: unknown): FigureDrawing => checked(figureDrawing, drawn, `${file}: figure ${kind.id}`);
  return withDraw(kind, file, isDrawing);
}

/** @throws UserError (2) naming the file and every entry that is wrong. */
export function checkTable(record: object, file: string): TableKind {
  const kind = checked<TableKind>(tableSchema, { isFolded: false, ...record }, `${file}: tables`);
  const isDrawing = (drawn: unknown): TableDrawing => checked(tableDrawing, drawn, `${file}: table ${kind.id}`);
  return withDraw(kind, file, isDrawing);
}

/** @throws UserError (2) naming the file and every entry that is wrong. */
export function checkMetric(record: MetricInfo, file: string): MetricInfo {
  return checked(metricSchema, record, `${file}: metrics`);
}

/** The record with its drawings checked, and errors in its own code told with file and line. */
function withDraw<K extends FigureKind | TableKind>(kind: K, file: string, check: (drawn: unknown) => unknown): K {
  const drawChecked = (view: never): unknown => {
    let drawn: unknown;
    try {
      drawn = kind.draw(view);
    } catch (error) {
      throw pluginError(error, [{ file, digest: '' }]) ?? error;
    }
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
