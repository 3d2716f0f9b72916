/** results.md: the whole report as text, readable in a terminal and in a pull request. */
import { countsText } from './counts.ts';
import { plainParts, type PairDiff } from './pair-diff.ts';
import type { Figure, Report, ShownPairs, Statement, Table } from './report-types.ts';

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
    ...report.shownPairs.map(shownText),
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

function shownText({ name, pairs }: ShownPairs): string {
  return [
    `## ${pairs.length} pairs of ${name}`,
    'Sampled by seed, not picked. `{+only in chosen+}`, `[-only in rejected-]`; sides with little in common stand one ' +
      'after the other.',
    '<details><summary>Show them</summary>',
    ...pairs.map(pairText),
    '</details>',
  ].join('\n\n');
}

function pairText({ id, about, edits, prompt, chosen, rejected, parts }: PairDiff): string {
  const head = `**\`${id}\`** ${about.join(' \u00b7 ')}`;
  const sides =
    parts === null ? ['chosen:', fenced(chosen), 'rejected:', fenced(rejected)] : [fenced(plainParts(parts))];
  return [head, ...edits.map((edit) => `- ${edit}`), fenced(prompt), ...sides].join('\n\n');
}

/** The fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
