/**
 * index.html: one file without requests, whole without scripts. First the question, the answer and the figure that
 * shows it; then a list of contents and all the rest. Figures are inline SVG panels that flow to the width of the page;
 * all text is real text.
 */
import { unique } from '../distinct.ts';
import type { Report, Table } from '../report-types.ts';
import { answerBlock, answerFigure, headerOf } from './answer-block.ts';
import { contentsBlock, type ContentsEntry } from './contents.ts';
import { escape } from './escape.ts';
import { figureBlock } from './figure-block.ts';
import { findingsSection } from './findings.ts';
import { htmlPage } from './html-page.ts';
import { pageScript } from './page-script.ts';
import { pairBlocks, pairKey, pairStyle } from './pair-block.ts';
import { tableBlocks } from './table-block.ts';

/** Rendered SVG of every panel, by figure name, in order. */
type Panels = ReadonlyMap<string, readonly string[]>;

export function htmlOf(report: Report, panels: Panels): string {
  const tasks = unique([...report.figures, ...report.tables].flatMap(({ task }) => task ?? []));
  const first = answerFigure(report);
  const rest = { ...report, figures: report.figures.filter((figure) => figure !== first) };
  const style = report.shownPairs.length > 0 ? pairStyle : '';
  const body = `${headerOf(report)}
<main>
${answerBlock(report, first === null ? '' : figureBlock(first, panels.get(first.name) ?? []))}
${contentsBlock(contentsOf(rest, tasks))}
${findingsSection(report.statements)}
${tasks.map((task) => taskSection(task, rest, panels)).join('\n')}
${generalSection(rest, panels)}
${pairsSection(report)}
</main>
${footerOf(report)}`;
  return htmlPage({ title: report.title, style, body, script: pageScript });
}

function contentsOf(report: Report, tasks: readonly string[]): readonly ContentsEntry[] {
  const figuresOn = (task: string | null): ContentsEntry['parts'] =>
    report.figures.filter((figure) => figure.task === task).map(({ name, title }) => ({ id: `figure-${name}`, title }));
  const entry = (id: string, title: string, parts: ContentsEntry['parts'] = []): ContentsEntry => ({
    id,
    title,
    parts,
  });
  return [
    entry('answer', 'Answer'),
    entry('findings', 'Findings and notes'),
    ...tasks.map((task) => entry(`task-${task}`, `Task: ${task}`, figuresOn(task))),
    ...(hasGeneral(report) ? [entry('beyond', 'The whole experiment', figuresOn(null))] : []),
    ...(report.shownPairs.length > 0 ? [entry('seen-pairs', 'Pairs to look at')] : []),
    entry('provenance', 'Where this comes from'),
  ];
}

const hasGeneral = ({ figures, tables, leftOut }: Report): boolean =>
  [...figures, ...tables].some(({ task }) => task === null) || leftOut.length > 0;

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
  if (!hasGeneral(report)) return '';
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
  return `<footer><h2 id="provenance">Where this comes from</h2>
<dl>${footer.map(({ label, text }) => `<dt>${escape(label)}</dt><dd>${escape(text)}</dd>`).join('')}</dl>
<p>The same numbers: ${['results.md', 'results.csv', 'report.json'].map(link).join(', ')}. Figures as SVG, PNG and Vega-Lite: <code>figures/</code>.</p>
</footer>`;
}
