/**
 * The short text at the end of a sweep: the headline metric by sample size and the headline comparisons, in at most 25
 * lines.
 */
import type { Metric } from '../kinds/metrics.ts';
import { countsText } from './counts.ts';
import { ascending, groupBy } from './distinct.ts';
import { compactCount, labelWith, valueText } from './format.ts';
import type { NumberRow, Report } from './report-types.ts';

const mostLines = 25;
const columnWidth = 8;
const mostSizes = 6;
/** What names of arms need at least. */
const leastLabel = 24;

/** Plain text without colour codes; ends with a newline. `width`: the columns of the terminal. */
export function formatSummary(report: Report, { width = 100 }: { readonly width?: number | undefined } = {}): string {
  const head = [...wrap(`${report.experiment}: ${countsText(report.counts)}`, '', width), ''];
  const statements = report.statements.flatMap(({ tone, text }) => wrap(text, tone === 'warning' ? '! ' : '- ', width));
  const room = mostLines - head.length - 1;
  const cells = cut(cellLines(report, width), room - Math.min(statements.length, 10));
  const shown = cut(statements, room - cells.length);
  return `${[...head, ...cells, ...(cells.length > 0 ? [''] : []), ...shown].join('\n')}\n`;
}

/** The last line says how many are left out. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `... ${lines.length - most + 1} more lines in results.md`];
}

/** One line an arm, one column a sample size (the largest that fit); intervals are in the report. */
function cellLines(report: Report, width: number): readonly string[] {
  const rows = headlineRows(report);
  if (rows.length === 0) return [];
  const fitting = Math.max(1, Math.min(mostSizes, Math.floor((width - leastLabel) / columnWidth)));
  const sizes = ascending(rows.map(({ samples }) => samples)).slice(-fitting);
  const lines = groupBy(rows, keyOf).map((own) => lineOf(own, sizes, report));
  return aligned([{ label: headerOf(report), values: sizes.map(compactCount) }, ...lines], width);
}

interface Line {
  readonly label: string;
  readonly values: readonly string[];
}

/** Labels to the left, values to the right in columns; labels that do not fit are cut. */
function aligned(lines: readonly Line[], width: number): readonly string[] {
  const longest = Math.max(...lines.map(({ label }) => label.length)) + 2;
  const columns = Math.max(...lines.map(({ values }) => values.length));
  const labelWidth = Math.min(width - columnWidth * columns, longest);
  return lines.map(({ label, values }) => {
    const cells = values.map((value) => value.padStart(columnWidth)).join('');
    return `${label.slice(0, labelWidth - 1).padEnd(labelWidth)}${cells}`;
  });
}

interface HeadlineRow extends NumberRow {
  readonly samples: number;
  readonly mean: number;
  readonly headline: Metric;
}

/** The measured numbers by which tasks are judged. */
function headlineRows({ numbers, tasks }: Report): readonly HeadlineRow[] {
  const headlines = new Map(tasks.map(({ task, headline }) => [task, headline]));
  return numbers.flatMap((row) => {
    const { samples, mean, task, metric } = row;
    const headline = headlines.get(task);
    if (headline?.name !== metric || samples === null || mean === null) return [];
    return [{ ...row, samples, mean, headline }];
  });
}

/** The row of one arm: a value for each size that was measured. */
function lineOf(own: readonly HeadlineRow[], sizes: readonly number[], report: Report): Line {
  const values = sizes.map((samples) => {
    const row = own.find((candidate) => candidate.samples === samples);
    return row === undefined ? '-' : valueText(row.mean, row.headline);
  });
  return { label: labelOf(own[0] as HeadlineRow, report), values };
}

/** What the columns hold. */
function headerOf({ tasks }: Report): string {
  const [first, ...others] = tasks.map(({ headline }) => headline);
  if (first === undefined || others.some(({ name }) => name !== first.name)) return 'metric of the task by samples';
  return `${first.label}${first.unit === 'share' ? ' in %' : ''} by samples`;
}

function labelOf({ task, model, arm, pretrainPairs, variant }: NumberRow, { arms }: Report): string {
  const name = arms.find(({ id }) => id === arm)?.label ?? arm;
  const pairs = pretrainPairs ? ` ${compactCount(pretrainPairs)}` : '';
  return labelWith(`${task}  ${model}  ${name}${pairs}`, [variant]);
}

const keyOf = (row: NumberRow): string =>
  JSON.stringify([row.task, row.model, row.arm, row.variant, row.pretrainPairs]);

/** Lines after the first are indented by two. */
function wrap(text: string, mark: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = mark;
  for (const word of text.split(' ')) {
    if (line.length + word.length > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '  ';
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
