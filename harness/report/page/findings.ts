/** What else is seen, and what a reader must know of the data. The answer above is not told a second time. */
import { readingNames } from '../readings.ts';
import type { Statement } from '../report-types.ts';
import { escape } from './escape.ts';

export function findingsSection(statements: readonly Statement[]): string {
  const seen = statements.filter(({ tone, isClaim }) => tone !== 'warning' && !isClaim);
  const notes = statements.filter(({ tone }) => tone === 'warning');
  const findings = seen.length === 0 ? '' : `<h3>Compared, over all sample sizes</h3>\n${statementList(seen)}`;
  return `<section aria-labelledby="findings"><h2 id="findings">Findings and notes</h2>
${findings}
${notes.length === 0 ? '' : `<h3>What to know of the data</h3>\n${statementList(notes)}`}
</section>`;
}

const marks: Readonly<Record<Statement['tone'], readonly [string, string]>> = {
  better: ['\u25b2', readingNames.better],
  worse: ['\u25bc', readingNames.worse],
  'not-distinguishable': ['\u2248', readingNames['not-distinguishable']],
  'no-claim': ['\u00b7', readingNames['no-claim']],
  missing: ['?', readingNames.missing],
  warning: ['!', 'note'],
};

function statementList(statements: readonly Statement[]): string {
  const items = statements.map(({ tone, text }) => {
    const badge = `<span class="badge"><span aria-hidden="true">${marks[tone][0]}</span> ${marks[tone][1]}</span>`;
    return `<li class="tone-${tone}">${badge}<span>${escape(text)}</span></li>`;
  });
  return `<ul class="statements">${items.join('')}</ul>`;
}
