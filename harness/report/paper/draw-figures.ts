/**
 * The paper's figures from what is recorded: query -> rows -> chart -> files. Equal records give equal bytes, so that a
 * committed figure can be compared with what its records give today.
 */
import { hash } from 'node:crypto';
import type { ResultsDatabase, Row } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { count, plural } from '../../text/index.ts';
import { unique } from '../distinct.ts';
import { renderPng, renderSvg } from '../figures/render-chart.ts';
import { paperChart } from './paper-chart.ts';
import type { FigureRow, PaperFigure, TrialRow } from './paper-figure.ts';
import type { PublishedPoint } from './published.ts';
import { countOfSettings } from './queries.ts';
import { paperFigures } from './registry.ts';
import { setApart, withCurve } from './set-apart.ts';

export interface DrawnFigure {
  readonly figure: PaperFigure;
  /** The experiment that it was drawn from. */
  readonly experiment: string;
  readonly caption: string;
  /** sha256 of the rows as JSON. */
  readonly data: string;
  readonly rows: number;
  /** By name. */
  readonly files: ReadonlyMap<string, string | Buffer>;
}

export interface MissingFigure {
  readonly figure: PaperFigure;
  readonly why: string;
  /** Its experiment is there, but does not have what it shows. */
  readonly isOnRecord: boolean;
}

export interface FigureOptions {
  /** None: all. @throws UserError (2) for a name that no figure has. */
  readonly names: readonly string[];
  /** Instead of those that the figures name. */
  readonly experiment: string | null;
  readonly published: readonly PublishedPoint[];
}

export function figuresNamed(names: readonly string[]): readonly PaperFigure[] {
  const known = paperFigures.map(({ id }) => id);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new UserError(`there is no figure ${stranger}`, { exitCode: 2, hint: `Figures are ${known.join(', ')}.` });
  return names.length === 0 ? paperFigures : paperFigures.filter(({ id }) => names.includes(id));
}

export async function drawFigures(
  database: ResultsDatabase,
  { names, experiment, published }: FigureOptions,
): Promise<readonly (DrawnFigure | MissingFigure)[]> {
  const recorded = await recordedExperiments(database);
  const drawn: (DrawnFigure | MissingFigure)[] = [];
  for (const figure of figuresNamed(names)) {
    const wanted = experiment === null ? ownOf(figure) : [experiment];
    const found = wanted.find((name) => recorded.has(name));
    drawn.push(
      found === undefined
        ? { figure, why: `not on record: ${wanted.join(', ')}`, isOnRecord: false }
        : await drawFrom(database, figure, { experiment: found, published }),
    );
  }
  return drawn;
}

async function recordedExperiments(database: ResultsDatabase): Promise<ReadonlySet<string>> {
  const { rows } = await database.query('SELECT experiment FROM experiments');
  return new Set(rows.map(({ experiment }) => String(experiment)));
}

async function drawFrom(
  database: ResultsDatabase,
  figure: PaperFigure,
  { experiment, published }: Pick<FigureOptions, 'published'> & { readonly experiment: string },
): Promise<DrawnFigure | MissingFigure> {
  const foreign = await whyForeign(database, figure, experiment);
  if (foreign !== null) return missing(figure, foreign);
  const all = setApart((await database.query(figure.query, { experiment })).rows.map(rowOf));
  const rows = figure.chart.kind === 'curve' ? withCurve(all) : all;
  if (rows.length === 0) return missing(figure, `no completed trial of ${experiment} has what it shows`);
  const own = published.filter((point) => point.figure === figure.id);
  const spec = paperChart(figure, rows, own);
  const svg = await renderSvg(spec);
  const files = new Map<string, string | Buffer>([
    [`${figure.id}.svg`, svg],
    [`${figure.id}.png`, renderPng(svg)],
    [`${figure.id}.vl.json`, `${JSON.stringify(spec, null, 1)}\n`],
  ]);
  const data = hash('sha256', JSON.stringify(rows), 'hex');
  return { figure, experiment, caption: captionOf(figure, rows, own), data, rows: rows.length, files };
}

const missing = (figure: PaperFigure, why: string): MissingFigure => ({ figure, why, isOnRecord: true });

/** Why a figure of an ablation is not one of this experiment; null = it is, or ablates nothing. */
async function whyForeign(database: ResultsDatabase, figure: PaperFigure, experiment: string): Promise<string | null> {
  const { ablates } = figure;
  if (ablates === null || ownOf(figure).includes(experiment)) return null;
  if (ablates === 'own') return `only ${ownOf(figure).join(', ')} have it`;
  const { role, setting, what } = ablates;
  const { rows } = await database.query(countOfSettings(setting), { experiment, role });
  return Number(rows[0]?.['found']) > 1 ? null : `trials of ${experiment} do not differ in ${what}`;
}

/** The experiments that a figure is swept with: of the paper's size, else of ours, else the toy twin of the paper's. */
const ownOf = ({ experiment, ours }: PaperFigure): readonly string[] => [experiment, ours, `${experiment}-two-cores`];

/** Values to twelve digits: sums of a database run in an order that threads decide. */
function rowOf({ panel, series, x, seed, value, declared }: Row): TrialRow {
  return {
    panel: String(panel),
    series: String(series),
    x: x === null ? null : Number(x),
    seed: Number(seed),
    value: Number(Number(value).toPrecision(12)),
    declared: JSON.parse(String(declared ?? '{}')) as TrialRow['declared'],
  };
}

function captionOf(
  { title, caption, item }: PaperFigure,
  rows: readonly FigureRow[],
  published: readonly PublishedPoint[],
): string {
  const seeds = unique(rows.map(({ seed }) => seed)).length;
  const known = published.filter(({ value }) => value !== null).length;
  const spread =
    seeds > 1
      ? `${plural(seeds, 'seed')}: means with 95 % t-intervals, each small mark is a seed`
      : 'One seed, so no interval';
  const reference =
    known === 0 ? 'No published value of it is known here.' : `Diamonds: ${plural(known, 'published value')}.`;
  return `${title} (the paper's ${item}). ${caption} ${spread}; ${count(rows.length)} values. ${reference}`;
}
