/** results.md: the whole report without figures, readable in a terminal and in a pull request. */
import { countsText } from './format.ts';
import type { Report, Table } from './report-input.ts';

export function markdownOf(report: Omit<Report, 'markdown'>): string {
  const sections = [
    `# ${report.experiment}`,
    report.question,
    `${countsText(report.counts)}.`,
    '## What PMP did and did not do',
    report.statements
      .map((statement) => `- ${statement.tone === 'warning' ? '**Note.** ' : ''}${statement.text}`)
      .join('\n'),
    ...report.tables.map(tableText),
    ...(report.leftOut.length === 0
      ? []
      : [
          '## Trials without a result',
          report.leftOut
            .map((trial) => `- ${trial.trialId} (${trial.where}): ${trial.outcome}. ${trial.cause}`)
            .join('\n'),
        ]),
    '## Where this comes from',
    report.footer.map(({ label, text }) => `- ${label}: ${text}`).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function tableText({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(columns),
    `|${columns.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
    '',
    note,
  ].join('\n');
}
