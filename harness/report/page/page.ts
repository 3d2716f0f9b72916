/**
 * index.html: one file without scripts or requests. Figures are inline SVG panels that flow to the width of the page;
 * all text is real text.
 */
import { countsText } from '../counts.ts';
import { unique } from '../distinct.ts';
import { readingNames } from '../readings.ts';
import type { Report, Statement, Table } from '../report-types.ts';
import { escape } from './escape.ts';
import { figureBlock } from './figure-block.ts';
import { htmlPage } from './html-page.ts';
import { pairBlocks, pairKey, pairStyle } from './pair-block.ts';
import { tableBlocks } from './table-block.ts';

/** Rendered SVG of every panel, by figure name, in order. */
type Panels = ReadonlyMap<string, readonly string[]>;

export function htmlOf(report: Report, panels: Panels): string {
  const tasks = unique([...report.figures, ...report.tables].flatMap(({ task }) => task ?? []));
  const style = report.shownPairs.length > 0 ? pairStyle : '';
  const body = `${headerOf(report)}
<main>
<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${statementList(report.statements)}
</section>
${tasks.map((task) => taskSection(task, report, panels)).join('\n')}
${generalSection(report, panels)}
${pairsSection(report)}
</main>
${footerOf(report)}`;
  return htmlPage({ title: report.title, style, body });
}

function headerOf(report: Report): string {
  const { experiment, title, question } = report;
  const name = title === experiment ? '' : ` ${escape(experiment)}`;
  return `<header>
<p class="kicker">experiment${name === '' ? ' report' : name}</p>
<h1>${escape(title)}</h1>
<p class="question">${escape(question)}</p>
${countsBar(report)}
</header>`;
}

function countsBar({ counts }: Report): string {
  const kinds = (['used', 'diverged', 'failed', 'blocked', 'pending', 'unmeasured'] as const).filter(
    (kind) => counts[kind] > 0,
  );
  const bars = kinds.map((kind) => `<span class="bar-${kind}" style="flex:${counts[kind]}"></span>`).join('');
  return (
    `<div class="counts"><div class="bar" ` +
    `aria-hidden="true">${bars}</div><p>${escape(countsText(counts))}</p></div>`
  );
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
  if (statements.length === 0) return '<p>There is nothing to compare.</p>';
  const items = statements.map(({ tone, text }) => {
    const badge = `<span class="badge"><span aria-hidden="true">${marks[tone][0]}</span> ${marks[tone][1]}</span>`;
    return `<li class="tone-${tone}">${badge}<span>${escape(text)}</span></li>`;
  });
  return `<ul class="statements">${items.join('')}</ul>`;
}

function taskSection(task: string, report: Report, panels: Panels): string {
  const id = `task-${escape(task)}`;
  return `<section aria-labelledby="${id}"><h2 id="${id}">Task: ${escape(task)}</h2>
${figuresOf(task, report, panels)}
${tableBlocks(report.tables.filter((table) => table.task === task))}
</section>`;
}

function figuresOf(task: string | null, { figures }: Report, panels: Panels): string {
  return figures
    .filter((figure) => figure.task === task)
    .map((figure) => figureBlock(figure, panels.get(figure.name) ?? []))
    .join('\n');
}

/** What is not about one task. */
function generalSection(report: Report, panels: Panels): string {
  const tables = [...report.tables.filter((table) => table.task === null), ...lostTrials(report)];
  const blocks = [figuresOf(null, report, panels), tableBlocks(tables)].filter((block) => block !== '');
  if (blocks.length === 0) return '';
  return `<section aria-labelledby="beyond"><h2 id="beyond">The whole experiment</h2>${blocks.join('\n')}</section>`;
}

/** Folded: a reader opens the source that is asked about. */
function pairsSection({ shownPairs }: Report): string {
  if (shownPairs.length === 0) return '';
  const blocks = shownPairs.map(
    ({ name, pairs }) =>
      `<details><summary>${pairs.length} pairs of ${escape(name)}</summary>${pairBlocks(pairs)}</details>`,
  );
  return `<section aria-labelledby="seen-pairs"><h2 id="seen-pairs">Pairs to look at</h2>
${pairKey}
${blocks.join('\n')}</section>`;
}

function lostTrials({ leftOut }: Report): readonly Table[] {
  if (leftOut.length === 0) return [];
  return [
    {
      name: 'left-out',
      title: 'Trials without a result',
      task: null,
      isFolded: false,
      columns: ['trial', 'where', 'outcome', 'cause'],
      rows: leftOut.map(({ trialId, where, outcome, cause }) => [trialId, where, outcome, cause]),
      note: 'They are in no mean and in no figure.',
    },
  ];
}

function footerOf({ footer }: Report): string {
  const link = (file: string): string => `<a href="${file}">${file}</a>`;
  return `<footer><h2>Where this comes from</h2>
<dl>${footer.map(({ label, text }) => `<dt>${escape(label)}</dt><dd>${escape(text)}</dd>`).join('')}</dl>
<p>The same numbers: ${['results.md', 'results.csv', 'report.json'].map(link).join(', ')}. Figures as SVG, PNG and Vega-Lite: <code>figures/</code>.</p>
</footer>`;
}
