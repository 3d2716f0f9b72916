/**
 * SVG of a chart -> PDF with the same shapes and real text, byte for byte the same for the same SVG: no date, no
 * compression (it differs between versions of zlib), and ids that follow from the content.
 */
import { fontFiles, renderPng } from '../figures/render-chart.ts';
import { drawSvg, Undrawable, type Pdf } from './draw-svg.ts';
import { readSvg } from './read-svg.ts';

interface PdfOptions {
  readonly title: string;
  /** Points of a unit of the SVG: 0.75 where its units are pixels. */
  readonly points: number;
}

/** A chart that holds pictures or gradients becomes a picture in its PDF. */
export async function renderPdf(svg: string, options: PdfOptions): Promise<Buffer> {
  const root = readSvg(svg);
  try {
    return await pdfOf(root.attributes, options, (pdf) => drawSvg(pdf.scale(options.points), root));
  } catch (error) {
    if (!(error instanceof Undrawable)) throw error;
    return pdfOf(root.attributes, options, (pdf) => pdf.image(renderPng(svg), 0, 0, { width: pdf.page.width }));
  }
}

async function pdfOf(
  { width, height }: Readonly<Partial<Record<string, string>>>,
  { title, points }: PdfOptions,
  draw: (pdf: Pdf) => unknown,
): Promise<Buffer> {
  const { default: PdfDocument } = await import('pdfkit');
  const [regular, bold] = fontFiles();
  const pdf = new PdfDocument({
    size: [Number(width) * points, Number(height) * points],
    margin: 0,
    compress: false,
    font: regular,
    info: { Title: title, CreationDate: new Date(0) },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => pdf.once('end', resolve).once('error', reject));
  pdf.registerFont('regular', regular).registerFont('bold', bold);
  draw(pdf);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}
