/**
 * index.html: one file without scripts or requests. Figures are inline SVG panels that flow to the width of the page;
 * all text is real text.
 */
import { countsText } from './format.ts';
import { readingNames } from './tables.ts';
import { pageStyle } from './page-style.ts';
import type { Figure, LegendEntry, Report, Statement, Table } from './report-input.ts';

/** `panels`: rendered SVG of every panel, by figure name, in order. */
export function htmlOf(report: Report, panels: ReadonlyMap<string, readonly string[]>): string {
  const tasks = [
    ...new Set([...report.figures.map((figure) => figure.task), ...report.tables.flatMap((table) => table.task ?? [])]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(report.experiment)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<p class="kicker">experiment report</p>
<h1>${escape(report.experiment)}</h1>
<p class="question">${escape(report.question)}</p>
${countsBar(report)}
</header>
<main>
<section aria-labelledby="verdict"><h2 id="verdict">What PMP did and did not do</h2>
${statementList(report.statements)}
</section>
${tasks.map((task) => taskSection(task, report, panels)).join('\n')}
${generalSection(report)}
</main>
<footer><h2>Where this comes from</h2>
<dl>${report.footer.map(({ label, text }) => `<dt>${escape(label)}</dt><dd>${escape(text)}</dd>`).join('')}</dl>
<p>The same numbers: <a href="results.md">results.md</a>, <a href="results.csv">results.csv</a>, <a href="report.json">report.json</a>. Figures as SVG, PNG and Vega-Lite: <code>figures/</code>.</p>
</footer>
</body>
</html>
`;
}

function countsBar({ counts }: Report): string {
  const kinds = (['used', 'diverged', 'failed', 'blocked', 'pending', 'unmeasured'] as const).filter(
    (kind) => counts[kind] > 0,
  );
  const bars = kinds.map((kind) => `<span class="bar-${kind}" style="flex:${counts[kind]}"></span>`).join('');
  return `<div class="counts"><div class="bar" aria-hidden="true">${bars}</div><p>${escape(countsText(counts))}</p></div>`;
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
  return `<ul class="statements">${statements.map(({ tone, text }) => `<li class="tone-${tone}"><span class="badge"><span aria-hidden="true">${marks[tone][0]}</span> ${marks[tone][1]}</span><span>${escape(text)}</span></li>`).join('')}</ul>`;
}

function taskSection(task: string, report: Report, panels: ReadonlyMap<string, readonly string[]>): string {
  const figures = report.figures.filter((figure) => figure.task === task);
  const tables = report.tables.filter((table) => table.task === task);
  const [main, folded] = [tables.filter((table) => !isFolded(table)), tables.filter(isFolded)];
  return `<section aria-labelledby="task-${escape(task)}"><h2 id="task-${escape(task)}">Task: ${escape(task)}</h2>
${figures.map((figure) => figureBlock(figure, panels.get(figure.name) ?? [])).join('\n')}
${main.map(tableBlock).join('\n')}
${folded.map((table) => `<details><summary>${escape(table.title)}</summary>${tableBlock(table)}</details>`).join('\n')}
</section>`;
}

const isFolded = ({ name }: Table): boolean => /^(comparisons|diagnostics|scaling)-/.test(name);

function generalSection({ tables, leftOut }: Report): string {
  const general = tables.filter((table) => table.task === null);
  const rows = leftOut.map(({ trialId, where, outcome, cause }) => [trialId, where, outcome, cause]);
  const lost: readonly Table[] =
    rows.length === 0
      ? []
      : [
          {
            name: 'left-out',
            title: 'Trials without a result',
            task: null,
            columns: ['trial', 'where', 'outcome', 'cause'],
            rows,
            note: 'They are in no mean and in no figure.',
          },
        ];
  const all = [...general, ...lost];
  return all.length === 0
    ? ''
    : `<section aria-labelledby="beyond"><h2 id="beyond">Pretraining, choices, and what was left out</h2>${all.map(tableBlock).join('\n')}</section>`;
}

function figureBlock(figure: Figure, svgs: readonly string[]): string {
  const id = `figure-${escape(figure.name)}`;
  const shown = svgs
    .map(
      (svg, i) => `<div class="panel"><p class="panel-title">${escape(figure.panels[i]?.label ?? '')}</p>${svg}</div>`,
    )
    .join('');
  return `<figure id="${id}" role="group" aria-labelledby="${id}-title"><h3 id="${id}-title">${escape(figure.title)}</h3>
${figure.legend.map(({ title, entries }) => `<p class="legend"><span class="legend-title">${escape(title)}</span>${entries.map(legendItem).join('')}</p>`).join('')}
<p class="visually-hidden">${escape(figure.alt)}</p>
<div class="panels${svgs.length === 4 ? ' four' : ''}">${shown}</div>
<figcaption>${escape(figure.caption)} <a href="figures/${escape(figure.name)}.svg">SVG</a> <a href="figures/${escape(figure.name)}.png">PNG</a> <a href="figures/${escape(figure.name)}.vl.json">Vega-Lite</a></figcaption></figure>`;
}

const shapePaths: Readonly<Record<string, string>> = {
  circle: 'M18 8a4 4 0 1 1-8 0a4 4 0 1 1 8 0z',
  square: 'M10 4h8v8h-8z',
  diamond: 'M14 2.5l5 5.5l-5 5.5l-5-5.5z',
  'triangle-up': 'M14 3.5l5 9h-10z',
  'triangle-down': 'M14 12.5l5-9h-10z',
  cross: 'M12.5 3.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
};

function legendItem({ label, color, shape, dash }: LegendEntry): string {
  const line =
    dash === null && shape !== null
      ? ''
      : `<line x1="0" x2="28" y1="8" y2="8" stroke="${color}" stroke-width="2"${dash === null ? '' : ` stroke-dasharray="${dash.join(' ')}"`}/>`;
  const mark = shape === null ? '' : `<path d="${shapePaths[shape] ?? ''}" fill="${color}"/>`;
  return `<span class="legend-item"><svg width="28" height="16" viewBox="0 0 28 16" aria-hidden="true">${line}${mark}</svg>${escape(label)}</span>`;
}

function tableBlock({ title, columns, rows, note, name }: Table): string {
  const id = `table-${escape(name)}`;
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell, i) => (i === 0 ? `<th scope="row">${escape(cell)}</th>` : `<td>${escape(cell)}</td>`)).join('')}</tr>`,
    )
    .join('\n');
  return `<div class="table"><h3 id="${id}">${escape(title)}</h3><div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div><p class="note">${escape(note)}</p></div>`;
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
