/**
 * The short text at the end of a sweep: the headline metric by sample size and the headline comparisons, at most 25
 * lines and 100 columns.
 */
import type { Metric } from '../kinds/index.ts';
import { ascending } from './distinct.ts';
import { countsText } from './counts.ts';
import { compactCount, valueText } from './format.ts';
import type { NumberRow, Report } from './report-types.ts';

const width = 100;
const mostLines = 25;
const columnWidth = 8;

/** Plain text without colour codes; ends with a newline. */
export function formatSummary(report: Report): string {
  const head = [`${report.experiment}: ${countsText(report.counts)}`, ''];
  const statements = report.statements.flatMap(({ tone, text }) => wrap(text, tone === 'warning' ? '! ' : '- '));
  const room = mostLines - head.length - 1;
  const cells = cut(cellLines(report), room - Math.min(statements.length, 10));
  const shown = cut(statements, room - cells.length);
  return `${[...head, ...cells, ...(cells.length > 0 ? [''] : []), ...shown].join('\n')}\n`;
}

/** The last line says how many are left out. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `... ${lines.length - most + 1} more lines in results.md`];
}

/** One line an arm, one column a sample size; intervals are in the report. */
function cellLines(report: Report): readonly string[] {
  const headlines = new Map(report.tasks.map(({ task, headline }) => [task, headline]));
  const rows = report.numbers.filter(
    (row) => row.metric === headlines.get(row.task)?.name && row.samples !== null && row.mean !== null,
  );
  if (rows.length === 0) return [];
  const sizes = ascending(rows.map((row) => row.samples ?? 0)).slice(-6);
  const keys = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  const labels = keys.map((row) => labelOf(row, report));
  const labelWidth = Math.min(width - columnWidth * sizes.length, Math.max(...labels.map((label) => label.length)) + 2);
  const line = (label: string, values: readonly string[]): string =>
    `${label.slice(0, labelWidth - 1).padEnd(labelWidth)}${values.map((value) => value.padStart(columnWidth)).join('')}`;
  const valuesOf = (key: NumberRow): readonly string[] =>
    sizes.map((samples) => {
      const mean = rows.find((row) => keyOf(row) === keyOf(key) && row.samples === samples)?.mean;
      return mean == null ? '-' : valueText(mean, headlines.get(key.task) as Metric);
    });
  return [
    line(headerOf(report), sizes.map(compactCount)),
    ...keys.map((key, i) => line(labels[i] as string, valuesOf(key))),
  ];
}

/** What the columns hold. */
function headerOf({ tasks }: Report): string {
  const [first, ...others] = tasks.map(({ headline }) => headline);
  if (first === undefined || others.some(({ name }) => name !== first.name)) return 'metric of the task by samples';
  return `${first.label}${first.unit === 'share' ? ' in %' : ''} by samples`;
}

function labelOf({ task, architecture, arm, pretrainPairs, variant }: NumberRow, { arms }: Report): string {
  const name = arms.find(({ id }) => id === arm)?.label ?? arm;
  const pairs = pretrainPairs ? ` ${compactCount(pretrainPairs)}` : '';
  return `${task}  ${architecture}  ${name}${pairs}${variant === '' ? '' : ` (${variant})`}`;
}

const keyOf = (row: NumberRow): string =>
  JSON.stringify([row.task, row.architecture, row.arm, row.variant, row.pretrainPairs]);

function wrap(text: string, mark: string): readonly string[] {
  const lines: string[] = [];
  let line = mark;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '  ';
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
