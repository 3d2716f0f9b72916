/** A curve as a small picture, told in words beside it and in its description. */
import { count, formatNumber } from '../../text/index.ts';
import type { TrainingCurve } from '../../record/trial-result.ts';
import { escape } from './escape.ts';

/** In half pixels, so that whole numbers are fine enough. */
const [width, height, margin] = [300, 60, 6];

/** One value is no curve, and is told in words alone. */
export function sparkline(label: string, { steps, values, recorded }: TrainingCurve): string {
  const text = curveText(steps, values);
  if (values.length < 2) return `<p class="curve"><span class="curve-name">${escape(label)}</span> ${text}</p>`;
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const [start, end] = [steps[0] ?? 0, steps.at(-1) ?? 1];
  const place = (value: number, low: number, high: number, size: number): number =>
    high === low ? size / 2 : Math.round(margin + ((value - low) / (high - low)) * (size - 2 * margin));
  const points = values.map(
    (value, i) => `${place(steps[i] ?? 0, start, end, width)},${height - place(value, from, to, height)}`,
  );
  const shown = recorded > values.length ? ` ${count(values.length)} of ${count(recorded)} recorded steps.` : '';
  const picture =
    `<svg role="img" viewBox="0 0 ${width} ${height}" width="${width / 2}" height="${height / 2}">` +
    `<title>${escape(label)}</title><desc>${text}.${shown}</desc><polyline points="${points.join(' ')}"/></svg>`;
  return `<p class="curve"><span class="curve-name">${escape(label)}</span> ${picture} ${text}</p>`;
}

/** `0.6931 at step 10, 0.5120 at step 400; between 0.5009 and 0.6931`. */
function curveText(steps: readonly number[], values: readonly number[]): string {
  const at = (place: number): string => `${formatNumber(values.at(place) ?? 0)} at step ${count(steps.at(place) ?? 0)}`;
  if (values.length < 2) return at(0);
  const [from, to] = [Math.min(...values), Math.max(...values)].map(formatNumber);
  return `${at(0)}, ${at(-1)}; between ${from} and ${to}`;
}
