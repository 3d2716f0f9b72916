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
import { chartStyle } from './chart-style.ts';
import { pageMarks, type Panels } from './page-marks.ts';
import { pageScript } from './page-script.ts';
import { pairBlocks, pairKey, pairStyle } from './pair-block.ts';
import { trialStyle, trialsSection } from './trials-section.ts';
import { tableBlocks } from './table-block.ts';

/** HTML of every figure, by its name. */
type Blocks = ReadonlyMap<string, string>;

export function htmlOf(report: Report, panels: Panels): string {
  const { figures } = report;
  const marks = pageMarks(figures, panels);
  const blocks = new Map(figures.map((one) => [one.name, figureBlock(one, panels.get(one.name) ?? [], marks)]));
  const data = `<script type="application/json" id="marks">${marks.json}</script>`;
  const whole = (records: string): string => pageOf(report, blocks, records, data);
  return whole(trialsSection(report.trials, report.experiment, Buffer.byteLength(whole(''))));
}

/** @param records HTML of the section of trials. */
function pageOf(report: Report, blocks: Blocks, records: string, data: string): string {
  const tasks = unique([...report.figures, ...report.tables].flatMap(({ task }) => task ?? []));
  const first = answerFigure(report);
  const rest = { ...report, figures: report.figures.filter((figure) => figure !== first) };
  const style = `${chartStyle}${trialStyle}${report.shownPairs.length > 0 ? pairStyle : ''}`;
  const body = `${headerOf(report)}
<main>
${answerBlock(report, first === null ? '' : (blocks.get(first.name) ?? ''))}
${contentsBlock(contentsOf(rest, tasks))}
${findingsSection(report.statements)}
${tasks.map((task) => taskSection(task, rest, blocks)).join('\n')}
${generalSection(rest, blocks)}
${pairsSection(report)}
${records}
</main>
${footerOf(report)}
${data}`;
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
    entry('trials', 'Trials'),
    entry('provenance', 'Where this comes from'),
  ];
}

const hasGeneral = ({ figures, tables, leftOut }: Report): boolean =>
  [...figures, ...tables].some(({ task }) => task === null) || leftOut.length > 0;

function taskSection(task: string, report: Report, blocks: Blocks): string {
  const id = `task-${escape(task)}`;
  return `<section aria-labelledby="${id}"><h2 id="${id}">Task: ${escape(task)}</h2>
${figuresOf(task, report, blocks)}
${tableBlocks(report.tables.filter((table) => table.task === task))}
</section>`;
}

function figuresOf(task: string | null, { figures }: Report, blocks: Blocks): string {
  return figures
    .filter((figure) => figure.task === task)
    .map(({ name }) => blocks.get(name) ?? '')
    .join('\n');
}

/** What is not about one task. */
function generalSection(report: Report, blocks: Blocks): string {
  const tables = [...report.tables.filter((table) => table.task === null), ...lostTrials(report)];
  const parts = [figuresOf(null, report, blocks), tableBlocks(tables)].filter((block) => block !== '');
  if (!hasGeneral(report)) return '';
  return `<section aria-labelledby="beyond"><h2 id="beyond">The whole experiment</h2>${parts.join('\n')}</section>`;
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
<p>The same numbers: ${['results.md', 'results.csv', 'results.tex', 'report.json'].map(link).join(', ')}. Figures as SVG, PNG, PDF and Vega-Lite: <code>figures/</code>.</p>
</footer>`;
}
