/** A gate as Markdown: the summary of a CI job, or a comment on a pull request. */
import { visible } from '../text/index.ts';
import type { GateResult } from './gate.ts';
import { explanations, findingCells, findingColumns, verdictText } from './words.ts';

export function gateMarkdown(result: GateResult): string {
  const { verdict, findings, baseline, candidate } = result;
  const rows = findings.map((finding) => row(findingCells(finding)));
  const rule = `|---|${findingColumns
    .slice(1)
    .map(() => '---:|')
    .join('')}`;
  return [
    `## Gate: ${verdictText(verdict)}`,
    `Baseline: ${escaped(baseline.name)}. Candidate: ${escaped(candidate.name)}.`,
    rows.length === 0 ? 'Nothing was compared.' : [row(findingColumns), rule, ...rows].join('\n'),
    explanations(result)
      .map((line) => `- ${escaped(line)}`)
      .join('\n'),
    'Quality in per cent, changes in points; speed in milliseconds a call, positive changes are slower.',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

/** Names come from experiments, which others may have written. */
const escaped = (text: string): string =>
  visible(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\|`*_[\]]/g, String.raw`\$&`);
