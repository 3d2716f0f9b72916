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
  const compiled = compile(spec as unknown as TopLevelSpec, { logger: strictLogger() }).spec;
  vega.resetSVGDefIds(); // a counter of the library that would make a second rendering differ from the first
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: strictLogger() });
  try {
    return rounded(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Two decimals of a pixel: smaller files, and no digits that depend on a machine's logarithm. */
function rounded(svg: string): string {
  return svg.replaceAll(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
}

/**
 * On white, at twice the size for print. Only the fonts shipped with the package are used: system fonts would make the
 * bytes depend on the machine.
 */
export function renderPng(svg: string): Buffer {
  const require = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
    require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
  );
  return Buffer.from(
    new Resvg(svg, {
      background: 'white',
      fitTo: { mode: 'zoom', value: 2 },
      font: { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
    })
      .render()
      .asPng(),
  );
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
