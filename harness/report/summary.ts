/**
 * The short text at the end of a sweep: accuracies at the largest sample size and the headline, at most 25 lines and
 * 100 columns.
 */
import { accuracyMetric } from './cells.ts';
import { armName, compactCount, countsText, percent } from './format.ts';
import type { NumberRow, Report } from './report-input.ts';

const width = 100;
const mostLines = 25;

/** Plain text without colour codes; ends with a newline. */
export function formatSummary(report: Report): string {
  const head = [`${report.experiment}: ${countsText(report.counts)}`, ''];
  const statements = report.statements.flatMap((statement) =>
    wrap(statement.text, statement.tone === 'warning' ? '! ' : '- '),
  );
  const cells = cellLines(report.numbers.filter((row) => row.metric === accuracyMetric && row.mean !== null));
  const room = mostLines - head.length - Math.min(statements.length, 10) - 1;
  const shownCells =
    cells.length <= room
      ? cells
      : [...cells.slice(0, room - 1), `... ${cells.length - room + 1} more lines in results.md`];
  const rest = mostLines - head.length - shownCells.length - 1;
  const shownStatements =
    statements.length <= rest ? statements : [...statements.slice(0, rest - 1), '... more in results.md'];
  return `${[...head, ...shownCells, ...(shownCells.length > 0 ? [''] : []), ...shownStatements].join('\n')}\n`;
}

/** One line an arm, one column a sample size; intervals are in the report. */
function cellLines(rows: readonly NumberRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const sizes = [...new Set(rows.map((row) => row.samples ?? 0))].toSorted((a, b) => a - b).slice(-6);
  const keys = [...new Map(rows.map((row) => [keyOf(row), row])).values()];
  const labels = keys.map(
    (row) =>
      `${row.task}  ${row.architecture}  ${armName(row.arm)}${row.pretrainPairs ? ` ${compactCount(row.pretrainPairs)}` : ''}${row.variant === '' ? '' : ` (${row.variant})`}`,
  );
  const labelWidth = Math.min(width - 8 * sizes.length, Math.max(...labels.map((label) => label.length)) + 2);
  const header = `${'% right by samples'.padEnd(labelWidth)}${sizes.map((samples) => compactCount(samples).padStart(8)).join('')}`;
  return [
    header,
    ...keys.map((key, i) => {
      const values = sizes.map(
        (samples) => rows.find((row) => keyOf(row) === keyOf(key) && row.samples === samples)?.mean ?? null,
      );
      return `${(labels[i] as string).slice(0, labelWidth - 1).padEnd(labelWidth)}${values.map((value) => (value === null ? '-' : percent(value)).padStart(8)).join('')}`;
    }),
  ];
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
