/** A figure of the page: its panels as inline SVG, its legend, alternative text and caption as text. */
import type { Figure, FigureLegend, LegendEntry } from '../report-types.ts';
import { escape } from './escape.ts';
import type { DrawnPanel, PageMarks } from './page-marks.ts';

/** `panels`: the rendered ones, in order. A legend is text, and has the keys by which a script makes it buttons. */
export function figureBlock(figure: Figure, panels: readonly DrawnPanel[], { keysOf }: PageMarks): string {
  const id = `figure-${escape(figure.name)}`;
  return `<figure id="${id}" aria-labelledby="${id}-title"><h3 id="${id}-title">${escape(figure.title)}</h3>
${figure.legend.map((legend) => legendLine(legend, (label) => keysOf(figure.name, label))).join('')}
<p class="visually-hidden">${escape(figure.alt)}</p>
<div class="panels">${panelsOf(figure, panels)}</div>
<figcaption>${escape(figure.caption)} ${fileLinks(figure.name)}</figcaption></figure>`;
}

function panelsOf({ panels }: Figure, drawn: readonly DrawnPanel[]): string {
  return drawn
    .map(({ svg }, i) => `<div class="panel"><p class="panel-title">${escape(panels[i]?.label ?? '')}</p>${svg}</div>`)
    .join('');
}

function fileLinks(name: string): string {
  const link = (extension: string, text: string): string =>
    `<a href="figures/${escape(name)}.${extension}">${text}</a>`;
  return [link('svg', 'SVG'), link('png', 'PNG'), link('pdf', 'PDF'), link('vl.json', 'Vega-Lite')].join(' ');
}

type Keys = (label: string) => readonly number[];

function legendLine({ title, entries }: FigureLegend, keysOf: Keys): string {
  const items = entries.map((entry) => legendItem(entry, keysOf(entry.label)));
  return `<p class="legend"><span class="legend-title">${escape(title)}</span>${items.join('')}</p>`;
}

const shapePaths: Readonly<Record<string, string>> = {
  circle: 'M18 8a4 4 0 1 1-8 0a4 4 0 1 1 8 0z',
  square: 'M10 4h8v8h-8z',
  diamond: 'M14 2.5l5 5.5l-5 5.5l-5-5.5z',
  'triangle-up': 'M14 3.5l5 9h-10z',
  'triangle-down': 'M14 12.5l5-9h-10z',
  cross: 'M12.5 3.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
};

function legendItem({ label, color, shape, dash }: LegendEntry, keys: readonly number[]): string {
  const dashes = dash === null ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  const hasLine = dash !== null || shape === null;
  const line = hasLine ? `<line x1="0" x2="28" y1="8" y2="8" stroke="${color}" stroke-width="2"${dashes}/>` : '';
  const mark = shape === null ? '' : `<path d="${shapePaths[shape] ?? ''}" fill="${color}"/>`;
  const symbol = `<svg width="28" height="16" viewBox="0 0 28 16" aria-hidden="true">${line}${mark}</svg>`;
  const linked = keys.length === 0 ? '' : ` data-k="${keys.join(' ')}"`;
  return `<span class="legend-item"${linked}>${symbol}${escape(label)}</span>`;
}
