/** Laws as cells of the scaling table: an error is told as the metric that it is the missing part of. */
import type { Metric } from '../../kinds/metrics.ts';
import type { Extrapolation, Interval, PowerLawResult } from '../../stats/index.ts';
import { count } from '../../text/index.ts';
import type { PublishedLaw } from '../published-laws.ts';
import { dash, decimal, intervalText, valueText } from '../format.ts';

export const scalingColumns = ({ label, unit }: Metric): readonly string[] => [
  'law of',
  unit === 'share' ? `${label} in percent` : label,
  'asymptote, 95 % interval',
  'exponent, 95 % interval',
  'n',
  unit === 'share' ? 'residual, points' : 'residual',
  'predicted for sizes left out, 95 % interval',
  'measured there',
  'inside',
];

export interface ErrorScale {
  readonly limits: { readonly low: number; readonly high: number };
  readonly errorOf: (value: number) => number;
}

/** What of the metric can follow a law: the part of a share that is missing, or a loss; null for anything else. */
export function errorScale({ unit, better }: Metric): ErrorScale | null {
  if (unit === 'nats' && better === 'low')
    return { limits: { low: 0, high: Number.POSITIVE_INFINITY }, errorOf: (value) => value };
  if (unit !== 'share') return null;
  return { limits: { low: 0, high: 1 }, errorOf: better === 'high' ? (value) => 1 - value : (value) => value };
}

/** All columns but the first of a line that has no law. */
export const noFitCells = (reason: string, n: number): readonly string[] =>
  withoutPrediction([`no fit: ${reason}`, dash, dash, String(n), dash]);

export const withoutPrediction = (cells: readonly string[]): readonly string[] => [...cells, dash, dash, dash];

/** Whether an error is what the metric lacks. */
const isMissingPart = ({ better }: Metric): boolean => better === 'high';

export function lawCells(fit: PowerLawResult, headline: Metric): readonly string[] {
  if (fit.kind === 'no-fit') return [`no fit: ${fit.reason}`, dash, dash, String(fit.n), dash];
  const { a, b, c, asymptoteInterval, exponentInterval, n, residual } = fit;
  return [
    `${valueOf(a, headline)} ${signOf(headline)} ${valueText(b, headline)} \u00b7 pairs^(\u2212${decimal(c, 2)})`,
    intervalOf(asymptoteInterval, headline),
    exponentText(exponentInterval),
    String(n),
    valueText(residual, headline),
  ];
}

export function predictionCells({ leftOut }: Extrapolation, headline: Metric): readonly string[] {
  if (leftOut.length === 0) return [dash, dash, dash];
  const listed = (text: (one: Extrapolation['leftOut'][number]) => string): string =>
    leftOut.map((one) => (leftOut.length > 1 ? `${count(one.x)}: ` : '') + text(one)).join('; ');
  return [
    listed(({ predicted, interval }) => `${valueOf(predicted, headline)} ${intervalOf(interval, headline)}`),
    listed(({ measured }) => valueOf(measured, headline)),
    listed(({ isInside }) => (isInside ? 'yes' : 'no')),
  ];
}

/** `\u2212` where the metric is what the error leaves. */
export const signOf = (headline: Metric): string => (isMissingPart(headline) ? '\u2212' : '+');

export function valueOf(error: number, headline: Metric): string {
  return valueText(isMissingPart(headline) ? 1 - error : error, headline);
}

export function intervalOf(errors: Interval, headline: Metric): string {
  const { low, high } = errors;
  return intervalText(isMissingPart(headline) ? { ...errors, low: 1 - high, high: 1 - low } : errors, headline);
}

export const exponentText = ({ low, high }: Interval): string => `[${decimal(low, 2)}, ${decimal(high, 2)}]`;

export function publishedRow({ paper, of, size, coefficient, exponent, r2, source }: PublishedLaw): readonly string[] {
  const fit = r2 === null ? '' : `, R\u00b2 ${r2}`;
  const law =
    exponent === null ? source : `${of} = ${coefficient ?? 'a'} \u00b7 ${size}^(\u2212${exponent})${fit}; ${source}`;
  const cells = [law, dash, exponent === null ? dash : String(exponent), dash, dash];
  return [`published, other task and metric: ${paper}`, ...withoutPrediction(cells)];
}
