/** The head of a page: what was asked, what came out, and the one figure that shows it. */
import { answerOf, type Answer } from '../answer.ts';
import { countsText } from '../counts.ts';
import type { Figure, Report } from '../report-types.ts';
import { escape } from './escape.ts';

export function headerOf(report: Report): string {
  const { experiment, title, question } = report;
  const name = title === experiment ? '' : ` ${escape(experiment)}`;
  return `<header>
<p class="kicker">experiment${name === '' ? ' report' : name}</p>
<h1>${escape(title)}</h1>
<p class="question">${escape(question)}</p>
</header>`;
}

/** `figure`: HTML; empty where nothing is drawn. */
export function answerBlock(report: Report, figure: string): string {
  const { tone, verdict, paragraphs } = answerOf(report);
  return `<section class="answer tone-${tone}" aria-labelledby="answer"><h2 id="answer">Answer</h2>
<p class="verdict">${escape(verdict)}</p>
${paragraphs.map((text) => `<p class="answer-text">${escape(text)}</p>`).join('\n')}
${countsBar(report)}
${figure}
</section>`;
}

/** The differences that the answer is about: the chart that shows an effect or its absence best. */
export function answerFigure(report: Report): Figure | null {
  const { task }: Answer = answerOf(report);
  const named = (kind: string): readonly Figure[] => report.figures.filter(({ name }) => name.startsWith(kind));
  const shown = [...named('claim-effect'), ...named('treatment-effect')];
  return shown.find((figure) => figure.task === task) ?? shown[0] ?? null;
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
