/** What a page tells of a mark: a line for each fact, made of the row of data behind it. */
import { count, formatNumber } from '../../text/index.ts';
import { decimal, unitSuffix, valueWithUnit } from '../format.ts';
import type { MarkReading } from '../report-types.ts';

type Row = Readonly<Record<string, unknown>>;

/** Empty for a row that is no measurement, as the line at chance. */
export function markLines(row: Row, reading: MarkReading | null): readonly string[] {
  if (reading === null) return fieldLines(row);
  const { role, x, y, low, high, seed, n } = row;
  if (typeof role !== 'string' || typeof y !== 'number') return [];
  const value = `${reading.y.label} ${valueOf(y, reading)}`;
  const interval =
    typeof low === 'number' && typeof high === 'number'
      ? `95 % interval ${valueOf(low, reading)} to ${valueOf(high, reading)}`
      : '';
  const place = reading.x === null ? String(row['label']) : `${count(Number(x))} ${reading.x}`;
  const seeds = typeof seed === 'number' ? `seed ${seed}` : typeof n === 'number' && n > 1 ? `mean of ${n} seeds` : '';
  return [headOf(row, reading), value, interval, [place, seeds].filter(Boolean).join(', ')].filter(
    (text) => text !== '',
  );
}

const headOf = ({ arm, model, series, panel }: Row, { isDifference }: MarkReading): string =>
  (isDifference ? [panel, series] : [arm, model]).map(String).join(', ');

/** Differences are in percent already. */
function valueOf(value: number, { y, isDifference }: MarkReading): string {
  if (!isDifference) return valueWithUnit(value, y);
  const text = decimal(value, y.unit === 'share' ? 1 : 3);
  return `${value > 0 ? '+' : ''}${text}${unitSuffix(y)}`;
}

/** Of a registered chart nothing is known but its fields. */
const mostFields = 8;

function fieldLines(row: Row): readonly string[] {
  const fields = Object.entries(row).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return fields
    .slice(0, mostFields)
    .map(([name, value]) => `${name}: ${typeof value === 'number' ? formatNumber(value) : String(value)}`);
}
