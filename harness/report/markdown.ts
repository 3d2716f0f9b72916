/** results.md: the whole report as text, readable in a terminal and in a pull request. */
import { countsText } from './counts.ts';
import type { Figure, Report, Statement, Table } from './report-types.ts';

export function markdownOf(report: Omit<Report, 'markdown'>): string {
  const { experiment, title, leftOut } = report;
  const sections = [
    `# ${title}`,
    title === experiment ? '' : `Experiment \`${experiment}\`.`,
    report.question,
    `${countsText(report.counts)}.`,
    '## Findings',
    report.statements.map(statementText).join('\n'),
    ...report.figures.map(figureText),
    ...report.tables.map(tableText),
    leftOut.length === 0 ? '' : '## Trials without a result',
    leftOut.map((trial) => `- ${trial.trialId} (${trial.where}): ${trial.outcome}. ${trial.cause}`).join('\n'),
    '## Where this comes from',
    report.footer.map(({ label, text }) => `- ${label}: ${text}`).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const statementText = ({ tone, text }: Statement): string => `- ${tone === 'warning' ? '**Note.** ' : ''}${text}`;

function figureText({ name, title, caption }: Figure): string {
  return `## ${title}\n\n![${title}](figures/${name}.png)\n\n${caption}`;
}

function tableText({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  return [`## ${title}`, '', line(columns), rule, ...rows.map(line), '', note].join('\n');
}
