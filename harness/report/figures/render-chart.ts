/**
 * Vega-Lite -> SVG -> PNG without a browser, byte for byte the same for the same specification. Every warning of the
 * compiler is an error: Vega draws wrong lines and only warns.
 */
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { ChartSpec } from '../report-types.ts';

/** Throws Error with the compiler's words for a specification that is wrong or ambiguous. */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  return renderMarkedSvg(spec, () => null);
}

/** The rows of data behind a mark: one, or all of a line. */
export type MarkRows = readonly Readonly<Record<string, unknown>>[];

/** @param nameOf Is asked of every mark, in the order of drawing; its answer becomes the `aria-label`. */
export async function renderMarkedSvg(spec: ChartSpec, nameOf: (rows: MarkRows) => string | null): Promise<string> {
  const compiled = compile(spec as unknown as TopLevelSpec, { logger: strictLogger() }).spec;
  vega.resetSVGDefIds(); // a counter of the library that would make a second rendering differ from the first
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: strictLogger() });
  try {
    await view.runAsync();
    nameMarks((view.scenegraph() as unknown as { readonly root: SceneMark }).root, nameOf);
    return rounded(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** What is read of Vega's scene: groups hold marks, which hold items, which stand for rows. */
interface SceneMark {
  readonly marktype: string;
  readonly role?: string;
  readonly items: readonly SceneItem[];
}

interface SceneItem {
  readonly items?: readonly SceneMark[];
  readonly datum?: Readonly<Record<string, unknown>>;
  description?: string;
}

function nameMarks({ marktype, role, items }: SceneMark, nameOf: (rows: MarkRows) => string | null): void {
  if (marktype === 'group')
    for (const { items: inner = [] } of items) for (const mark of inner) nameMarks(mark, nameOf);
  if (marktype === 'group' || role !== 'mark') return;
  // A line is one element, drawn by its first item.
  const isOne = marktype === 'line' || marktype === 'area' || marktype === 'trail';
  for (const drawn of isOne ? [items] : items.map((item): readonly SceneItem[] => [item])) {
    const name = nameOf(drawn.flatMap(({ datum }): MarkRows => (datum === undefined ? [] : [datum])));
    if (drawn[0] !== undefined && name !== null) drawn[0].description = name;
  }
}

/** Two decimals of a pixel: smaller files, and no digits that depend on a machine's logarithm. */
function rounded(svg: string): string {
  return svg.replaceAll(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
}

/**
 * On white; without a width at twice the size, for screens. Only the fonts shipped with the package are used: system
 * fonts would make the bytes depend on the machine.
 * @param width In pixels.
 */
export function renderPng(svg: string, width: number | null = null): Buffer {
  return Buffer.from(
    new Resvg(svg, {
      background: 'white',
      fitTo: width === null ? { mode: 'zoom', value: 2 } : { mode: 'width', value: width },
      font: { fontFiles: [...fontFiles()], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
    })
      .render()
      .asPng(),
  );
}

/** Regular and bold, as they are shipped. */
export function fontFiles(): readonly [string, string] {
  const { resolve } = createRequire(import.meta.url);
  return [resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')];
}

function strictLogger(): vega.LoggerInterface {
  const refuse = (...parts: readonly unknown[]): never => {
    throw new Error(`chart: ${parts.map(String).join(' ')}`);
  };
  const logger: vega.LoggerInterface = {
    level: () => logger,
    error: refuse,
    warn: refuse,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
