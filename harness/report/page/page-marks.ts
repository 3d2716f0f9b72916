/**
 * What the script of a page knows of its marks: the lines that it shows of each, the trial behind it, and by which keys
 * marks of all charts go together. A key is the text of a legend, or an arm where the legend stands for arms.
 */
import { unique } from '../distinct.ts';
import type { MarkRows } from '../figures/render-chart.ts';
import type { Figure } from '../report-types.ts';
import { markLines } from './mark-text.ts';

/** A rendered panel; `data-m` of an element is the place of its rows in `marks`. */
export interface DrawnPanel {
  readonly svg: string;
  readonly marks: readonly MarkRows[];
}

/** By figure name, in order. */
export type Panels = ReadonlyMap<string, readonly DrawnPanel[]>;

export interface PageMarks {
  /** For the script; safe inside of HTML. */
  readonly json: string;
  /** Keys of an entry of a legend; empty where no mark has its text. */
  keysOf(figure: string, label: string): readonly number[];
}

type Row = MarkRows[number];
/** Keys of each entry of a legend. */
type Links = ReadonlyMap<string, readonly string[]>;
/** Keys of its rows (each once), lines of text, and the trial where it is one; all as numbers of texts. */
type CodedMark = readonly [keys: readonly (readonly number[])[], lines: readonly number[], trial?: number];

export function pageMarks(figures: readonly Figure[], panels: Panels): PageMarks {
  const links = new Map(figures.map((figure) => [figure.name, linksOf(figure, panels.get(figure.name) ?? [])]));
  const keys = new Set([...links.values()].flatMap((own) => [...own.values()].flat()));
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const coded = figures.map((figure) => [
    figure.name,
    (panels.get(figure.name) ?? []).map(({ marks }) => codedMarks(marks, figure, { keys, numberOf })),
  ]);
  const json = JSON.stringify({ panels: Object.fromEntries(coded), texts: [...numbers.keys()] });
  return {
    json: json.replaceAll('<', '\\u003c'),
    keysOf: (figure, label) => (links.get(figure)?.get(label) ?? []).map(numberOf),
  };
}

interface Coding {
  readonly keys: ReadonlySet<string>;
  readonly numberOf: (text: string) => number;
}

/** An interval and the point on it are of one row: the last one that is drawn tells of it. */
function codedMarks(marks: readonly MarkRows[], { reading }: Figure, coding: Coding): readonly CodedMark[] {
  const rowKeys = marks.map((rows) => (rows.length === 1 ? JSON.stringify(rows[0]) : null));
  const last = new Map(rowKeys.map((key, place) => [key, place]));
  return marks.map((rows, place): CodedMark => {
    const keys = rows.map((row) => keysOfRow(row, coding.keys).map(coding.numberOf));
    const groups = [...new Map(keys.map((group) => [group.join(), group])).values()];
    const [row] = rows;
    const key = rowKeys[place] ?? null;
    if (row === undefined || key === null || last.get(key) !== place) return [groups, []];
    const lines = markLines(row, reading).map(coding.numberOf);
    return typeof row['trialId'] === 'string' ? [groups, lines, coding.numberOf(row['trialId'])] : [groups, lines];
  });
}

/** The arm first: it is what a pointer on the mark picks out in all charts. */
function keysOfRow(row: Row, keys: ReadonlySet<string>): readonly string[] {
  const isKey = (value: unknown): value is string => typeof value === 'string' && keys.has(value);
  return unique([row['arm'], ...Object.values(row)].filter(isKey));
}

function linksOf({ legend }: Figure, panels: readonly DrawnPanel[]): Links {
  const rows = panels.flatMap(({ marks }) => marks.flat());
  return new Map(
    legend.flatMap(({ entries }) =>
      entries.map(({ label }): [string, readonly string[]] => [label, keysOf(label, rows)]),
    ),
  );
}

/**
 * An entry that has all of its arms for itself stands for these: `no pretraining and PMP` of one chart is two lines of
 * another one. Any other entry stands for its own text: a model, or one line of several of an arm.
 */
function keysOf(label: string, rows: readonly Row[]): readonly string[] {
  const has = (row: Row): boolean => Object.values(row).includes(label);
  const own = rows.filter(has);
  if (own.length === 0) return [];
  const arms = unique(own.map(({ arm }) => arm));
  const isShared = rows.some((row) => arms.includes(row['arm']) && !has(row));
  const isOfArms = own.every(({ arm, model }) => arm !== undefined && model !== label);
  return isOfArms && !isShared ? (arms as readonly string[]) : [label];
}
