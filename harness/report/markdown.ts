/**
 * results.md: the whole report as text, readable in a terminal and in a pull request. What comes from data is text
 * there and nothing else: no HTML, no link, no control of a terminal.
 */
import { visible } from '../text/index.ts';
import { countsText } from './counts.ts';
import { plainParts, type PairDiff } from './pair-diff.ts';
import type { Figure, Report, ShownPairs, Statement, Table } from './report-types.ts';

export function markdownOf(report: Omit<Report, 'markdown'>): string {
  const { experiment, title } = report;
  const sections = [
    `# ${inert(title)}`,
    title === experiment ? '' : `Experiment \`${experiment}\`.`,
    inert(report.question),
    `${countsText(report.counts)}.`,
    '## Findings',
    report.statements.map(statementText).join('\n'),
    ...report.figures.map(figureText),
    ...report.tables.map(tableText),
    ...report.shownPairs.map(shownText),
    leftOutText(report),
    '## Where this comes from',
    report.footer.map(({ label, text }) => `- ${label}: ${inert(text)}`).join('\n'),
  ];
  return visible(`${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

/** Where HTML, an address in angle brackets or the target of a link would begin, the sign stands for itself. */
const inert = (text: string): string => text.replaceAll(/<(?=[a-z/!?])/gi, '\\<').replaceAll('](', ']\\(');

const statementText = ({ tone, text }: Statement): string =>
  `- ${tone === 'warning' ? '**Note.** ' : ''}${inert(text)}`;

function leftOutText({ leftOut }: Pick<Report, 'leftOut'>): string {
  if (leftOut.length === 0) return '';
  const lines = leftOut.map(
    ({ trialId, where, outcome, cause }) => `- ${trialId} (${inert(where)}): ${outcome}. ${inert(cause)}`,
  );
  return ['## Trials without a result', '', ...lines].join('\n');
}

function figureText({ name, title, caption }: Figure): string {
  return `## ${inert(title)}\n\n![${inert(title)}](figures/${name}.png)\n\n${inert(caption)}`;
}

function tableText({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell) =>
        inert(cell)
          .replaceAll('|', String.raw`\|`)
          .replaceAll('\n', ' '),
      )
      .join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  return [`## ${inert(title)}`, '', line(columns), rule, ...rows.map(line), '', inert(note)].join('\n');
}

function shownText({ name, pairs }: ShownPairs): string {
  return [
    `## ${pairs.length} pairs of ${inert(name)}`,
    'Sampled by seed, not picked. `{+only in chosen+}`, `[-only in rejected-]`; sides with little in common stand one ' +
      'after the other.',
    '<details><summary>Show them</summary>',
    ...pairs.map(pairText),
    '</details>',
  ].join('\n\n');
}

function pairText({ id, about, edits, prompt, chosen, rejected, parts }: PairDiff): string {
  const head = `**${inlineCode(id)}** ${inert(about.join(' \u00b7 '))}`;
  const sides =
    parts === null ? ['chosen:', fenced(chosen), 'rejected:', fenced(rejected)] : [fenced(plainParts(parts))];
  return [head, ...edits.map((edit) => `- ${inert(edit)}`), fenced(prompt), ...sides].join('\n\n');
}

/** On one line. */
const inlineCode = (text: string): string => `\`${text.replaceAll(/[`\n]/g, ' ')}\``;

/** The fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
