/** The panels of a figure as the SVG of a page: each one image with a text, whose marks can be found. */
import { renderMarkedSvg, type MarkRows } from '../figures/render-chart.ts';
import type { Figure } from '../report-types.ts';
import { escape } from './escape.ts';
import type { DrawnPanel } from './page-marks.ts';

export async function drawPanels(figure: Figure): Promise<readonly DrawnPanel[]> {
  const drawn: DrawnPanel[] = [];
  for (const [i, { label, spec }] of figure.panels.entries()) {
    const marks: MarkRows[] = [];
    const named = await renderMarkedSvg(spec, (rows) => `mark-${marks.push(rows) - 1}`);
    const svg = labelled(slim(named), `${figure.title}: ${label}`)
      .replaceAll(/aria-label="mark-(\d+)"/g, 'data-m="$1"')
      // Ids are per document in a page, and per file in Vega.
      .replaceAll(/(id="|url\(#)(clip|gradient)/g, `$1${figure.name}-${i}-$2`)
      .replace(/ (width|height)="[\d.]+"/, '')
      .replace(/ (width|height)="[\d.]+"/, '');
    drawn.push({ svg, marks });
  }
  return drawn;
}

export function labelled(svg: string, text: string): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${escape(text)}" `);
}

/**
 * Without what a page sets itself or what is there by default: a quarter of the bytes. The whole is one image with a
 * text; parts with roles of their own would be images without one.
 */
function slim(svg: string): string {
  return svg
    .replaceAll(/ role="graphics-(?:symbol|object)"| aria-(?:roledescription="[^"]*"|hidden="true")/g, '')
    .replaceAll(
      /<path class="(?:background|foreground)"(?: d="[^"]*")?(?: pointer-events="none")?(?: display="none")?\/>/g,
      '',
    )
    .replaceAll(/ (?:font-family="[^"]*"|font-weight="normal"|opacity="1"|stroke-width="1"|pointer-events="none")/g, '')
    .replaceAll(/(<path [^>]*fill="[^"]*") stroke-width="[\d.]+"(?=[ /])/g, '$1');
}
