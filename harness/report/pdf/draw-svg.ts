/**
 * The SVG of a chart, drawn into a PDF: shapes stay shapes, text stays text. Vega writes few kinds of elements with
 * few attributes; a chart that has others (pictures, gradients) is told by Undrawable.
 */
import type { SvgElement } from './read-svg.ts';

export type Pdf = PDFKit.PDFDocument;

/** What of an SVG this has no drawing for. */
export class Undrawable extends Error {}

interface Place {
  readonly pdf: Pdf;
  /** Elements that others refer to. */
  readonly named: ReadonlyMap<string, SvgElement>;
  /** Of all groups around. */
  readonly opacity: number;
}

/** In the units of the SVG, from the upper left of the page. `regular` and `bold` are registered fonts. */
export function drawSvg(pdf: Pdf, svg: SvgElement): void {
  drawElement(svg, { pdf, named: new Map(definitionsOf(svg)), opacity: 1 });
}

function definitionsOf(element: SvgElement): readonly (readonly [string, SvgElement])[] {
  const { id } = element.attributes;
  const inner = element.children.flatMap((child) => (typeof child === 'string' ? [] : definitionsOf(child)));
  return id === undefined ? inner : [[id, element], ...inner];
}

function drawElement(element: SvgElement, place: Place): void {
  const { tag, attributes } = element;
  if (tag === 'defs' || attributes['display'] === 'none') return;
  const draw = drawings[tag];
  if (draw === undefined) throw new Undrawable(`<${tag}>`);
  place.pdf.save();
  transform(place.pdf, attributes['transform'] ?? '');
  draw(element, place);
  place.pdf.restore();
}

const drawings: Readonly<Partial<Record<string, (element: SvgElement, place: Place) => void>>> = {
  svg: drawGroup,
  g: drawGroup,
  a: drawGroup,
  path: (element, place) => {
    const { d = '' } = element.attributes;
    if (d !== '') paint(element, place, (pdf) => pdf.path(d));
  },
  line: (element, place) => {
    const [x1, y1, x2, y2] = numbersOf(element, ['x1', 'y1', 'x2', 'y2']);
    paint(element, place, (pdf) => pdf.moveTo(x1, y1).lineTo(x2, y2));
  },
  rect: (element, place) => {
    const [x, y, width, height] = numbersOf(element, ['x', 'y', 'width', 'height']);
    paint(element, place, (pdf) => pdf.rect(x, y, width, height));
  },
  text: drawText,
};

function drawGroup({ attributes, children }: SvgElement, place: Place): void {
  const clip = /^url\(#(.+)\)$/.exec(attributes['clip-path'] ?? '')?.[1];
  if (clip !== undefined) clipTo(place, clip);
  const opacity = place.opacity * Number(attributes['opacity'] ?? 1);
  for (const child of children) if (typeof child !== 'string') drawElement(child, { ...place, opacity });
}

function clipTo({ pdf, named }: Place, id: string): void {
  const [shape] = named.get(id)?.children ?? [];
  if (typeof shape !== 'object') throw new Undrawable(`the clip path ${id}`);
  if (shape.tag === 'path') pdf.path(shape.attributes['d'] ?? '');
  else pdf.rect(...numbersOf(shape, ['x', 'y', 'width', 'height']));
  pdf.clip();
}

function paint(element: SvgElement, { pdf, opacity }: Place, outline: (pdf: Pdf) => unknown): void {
  const { attributes } = element;
  const [fill, stroke] = [colorOf(attributes['fill']), colorOf(attributes['stroke'])];
  if (fill === null && stroke === null) return;
  const own = opacity * Number(attributes['opacity'] ?? 1);
  // Colours come first: a PDF knows no change of state within a path.
  if (fill !== null) pdf.fillColor(fill).fillOpacity(own * Number(attributes['fill-opacity'] ?? 1));
  if (stroke !== null) strokeAs(pdf, attributes, own);
  outline(pdf);
  if (fill !== null && stroke !== null) pdf.fillAndStroke();
  else if (fill === null) pdf.stroke();
  else pdf.fill();
}

function strokeAs(pdf: Pdf, attributes: SvgElement['attributes'], opacity: number): void {
  pdf.strokeColor(colorOf(attributes['stroke']) ?? 'black');
  pdf.strokeOpacity(opacity * Number(attributes['stroke-opacity'] ?? 1));
  pdf.lineWidth(Number(attributes['stroke-width'] ?? 1));
  pdf.lineCap((attributes['stroke-linecap'] as 'butt' | undefined) ?? 'butt');
  pdf.lineJoin((attributes['stroke-linejoin'] as 'miter' | undefined) ?? 'miter');
  const dash = (attributes['stroke-dasharray'] ?? '')
    .split(/[\s,]+/)
    .flatMap((length) => (length === '' ? [] : [Number(length)]));
  // A line without gaps is a solid one: a dash of length 0 is refused.
  if (dash.some((length, i) => i % 2 === 1 && length > 0))
    pdf.dash(dash.map((length) => Math.max(length, 0.01)) as unknown as number, {
      phase: Number(attributes['stroke-dashoffset'] ?? 0),
    });
}

/** Left of its place, around it, or right of it, as the SVG says; one line below the other. */
function drawText({ attributes, children }: SvgElement, { pdf, opacity }: Place): void {
  const color = colorOf(attributes['fill']);
  if (color === null) return;
  const weight = attributes['font-weight'] ?? 'normal';
  pdf.font(weight === 'bold' || Number(weight) >= 600 ? 'bold' : 'regular');
  pdf.fontSize(Number.parseFloat(attributes['font-size'] ?? '11'));
  pdf
    .fillColor(color)
    .fillOpacity(opacity * Number(attributes['opacity'] ?? 1) * Number(attributes['fill-opacity'] ?? 1));
  let y = 0;
  for (const child of children) {
    const text = typeof child === 'string' ? child : child.children.join('');
    if (typeof child !== 'string') y += Number(child.attributes['dy'] ?? 0);
    const left = pdf.widthOfString(text) * (anchors[attributes['text-anchor'] ?? 'start'] ?? 0);
    if (text.trim() !== '') pdf.text(text, left === 0 ? 0 : -left, y, { lineBreak: false, baseline: 'alphabetic' });
  }
}

const anchors: Readonly<Partial<Record<string, number>>> = { start: 0, middle: 0.5, end: 1 };

function numbersOf(
  { attributes }: SvgElement,
  names: readonly [string, string, string, string],
): [number, number, number, number] {
  const [a, b, c, d] = names.map((name) => Number(attributes[name] ?? 0));
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0];
}

function transform(pdf: Pdf, text: string): void {
  for (const [whole, kind, list = ''] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [first = 0, second] = list.split(/[\s,]+/).map(Number);
    if (kind === 'translate') pdf.translate(first, second ?? 0);
    else if (kind === 'rotate' && second === undefined) pdf.rotate(first);
    else if (kind === 'scale') pdf.scale(first, second ?? first);
    else throw new Undrawable(whole);
  }
}

/** null: nothing to paint, which is what Vega leaves out. Names and hexadecimal colours are known to the PDF. */
function colorOf(value = 'none'): string | [number, number, number] | null {
  if (value === 'none' || value === 'transparent') return null;
  const rgb = /^rgb\((\d+), ?(\d+), ?(\d+)\)$/.exec(value);
  if (rgb !== null) return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
  if (/^(?:#[\da-f]{3}|#[\da-f]{6}|[a-z]+)$/i.test(value)) return value;
  throw new Undrawable(`the colour ${value}`);
}
