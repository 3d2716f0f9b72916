/** The files of a figure, all drawn from one specification: SVG, PNG, PDF, and the specification. */
import { labelled } from '../page/draw-panels.ts';
import { renderPdf } from '../pdf/render-pdf.ts';
import type { ChartSpec, Figure } from '../report-types.ts';
import { dotsOf, dotsPerInch, inMillimetres, paperWidths, type FigureSize } from './figure-size.ts';
import { withResolution } from './png-resolution.ts';
import { renderPng, renderSvg } from './render-chart.ts';
import { sizedChart } from './sized-chart.ts';

/** In this order. */
export const figureExtensions = ['svg', 'png', 'pdf', 'vl.json'] as const;

type Files = readonly (readonly [string, string | Buffer])[];

/** By their paths in the folder of the report. */
export async function figureFiles(figure: Figure, size: FigureSize): Promise<Files> {
  const { svg, png, pdf, spec } = size === 'page' ? await forPage(figure) : await forPaper(figure, size);
  const contents = [svg, png, pdf, `${JSON.stringify(spec, null, 1)}\n`];
  return figureExtensions.map((extension, i) => [`figures/${figure.name}.${extension}`, contents[i] as string]);
}

interface Drawn {
  readonly svg: string;
  readonly png: Buffer;
  readonly pdf: Buffer;
  readonly spec: ChartSpec;
}

async function forPage({ spec, alt, title }: Figure): Promise<Drawn> {
  const svg = labelled(await renderSvg(spec), alt);
  return { svg, png: renderPng(svg), pdf: await renderPdf(svg, { title, points: 0.75 }), spec };
}

/** To be set in its own size: neither is scaled, and text has 8 pt. */
async function forPaper(figure: Figure, size: Exclude<FigureSize, 'page'>): Promise<Drawn> {
  const { spec, svg: drawn } = await sizedChart(figure.spec, figure.panels.length, size);
  const svg = labelled(drawn, figure.alt);
  const png = withResolution(renderPng(svg, dotsOf(paperWidths[size])), dotsPerInch);
  const pdf = await renderPdf(svg, { title: figure.title, points: 1 });
  return { svg: inMillimetres(svg), png, pdf, spec };
}
