/** results.md: the whole report as text, readable in a terminal and in a pull request. */
import { countsText } from './counts.ts';
import type { Figure, Report, Statement, Table } from './report-types.ts';

export function markdownOf(report: Omit<Report, 'markdown'>): string {
  const { experiment, title } = report;
  const sections = [
    `# ${title}`,
    title === experiment ? '' : `Experiment \`${experiment}\`.`,
    report.question,
    `${countsText(report.counts)}.`,
    '## Findings',
    report.statements.map(statementText).join('\n'),
    ...report.figures.map(figureText),
    ...report.tables.map(tableText),
    leftOutText(report),
    '## Where this comes from',
    report.footer.map(({ label, text }) => `- ${label}: ${text}`).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const statementText = ({ tone, text }: Statement): string => `- ${tone === 'warning' ? '**Note.** ' : ''}${text}`;

function leftOutText({ leftOut }: Pick<Report, 'leftOut'>): string {
  if (leftOut.length === 0) return '';
  const lines = leftOut.map(({ trialId, where, outcome, cause }) => `- ${trialId} (${where}): ${outcome}. ${cause}`);
  return ['## Trials without a result', '', ...lines].join('\n');
}

function figureText({ name, title, caption }: Figure): string {
  return `## ${title}\n\n![${title}](figures/${name}.png)\n\n${caption}`;
}

function tableText({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  return [`## ${title}`, '', line(columns), rule, ...rows.map(line), '', note].join('\n');
}
