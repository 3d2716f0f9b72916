/**
 * Symbols of a legend that show a series as the chart does: a piece of its line, dashed as there, with its mark on it.
 * Vega draws either a mark or a line, so that each symbol is one filled path; a dashed outline would fray the mark.
 */
import type { SeriesStyle } from './chart-theme.ts';

/** Pixels. A path of Vega goes from -1 to 1 over half of the symbol. */
const width = 28;
const thickness = 2;
/** Half of a mark, in the same area as the marks of a legend without lines. */
const reach = Math.sqrt(70) / 2;

/** Properties of a Vega-Lite legend over these series. */
export function lineSymbols(
  series: readonly (SeriesStyle & { readonly label: string })[],
): Readonly<Record<string, unknown>> {
  const paths = Object.fromEntries(series.map((one) => [one.label, pathOf(one)]));
  return {
    symbolSize: width ** 2,
    symbolStrokeWidth: 0,
    encoding: { symbols: { shape: { value: { expr: `${JSON.stringify(paths)}[datum.value]` } } } },
  };
}

/** All parts turn the same way: where two that do not overlap, nothing is filled. */
function pathOf({ shape, dash }: Pick<SeriesStyle, 'shape' | 'dash'>): string {
  const half = thickness / 2;
  const line = piecesOf(dash).map(([from, to]) => polygon([from, -half], [to, -half], [to, half], [from, half]));
  return [...line, (marks[shape] ?? marks['circle'])?.() ?? ''].join('');
}

/** From left to right, in pixels from the middle; the last one ends with the symbol. */
function piecesOf(dash: readonly number[]): readonly (readonly [number, number])[] {
  const pieces: (readonly [number, number])[] = [];
  const isSolid = dash.every((length, i) => i % 2 === 0 || length === 0);
  if (isSolid) return [[-width / 2, width / 2]];
  let at = -width / 2;
  for (let i = 0; at < width / 2; i += 1) {
    const to = Math.min(at + (dash[i % dash.length] as number), width / 2);
    if (i % 2 === 0) pieces.push([at, to]);
    at = to;
  }
  return pieces;
}

const marks: Readonly<Record<string, () => string>> = {
  circle: () => {
    const r = scaled((2 * reach) / Math.sqrt(Math.PI));
    return `M-${r},0A${r},${r},0,1,1,${r},0A${r},${r},0,1,1,-${r},0Z`;
  },
  square: () => polygon([-reach, -reach], [reach, -reach], [reach, reach], [-reach, reach]),
  diamond: () => polygon([-reach, 0], [0, -reach], [reach, 0], [0, reach]),
  'triangle-up': () => polygon([0, -reach], [reach, reach], [-reach, reach]),
  'triangle-down': () => polygon([-reach, -reach], [reach, -reach], [0, reach]),
  cross: () => {
    const [arm, far] = [reach / 2.5, reach];
    const quarter = [
      [-arm, -far],
      [arm, -far],
      [arm, -arm],
    ] as const;
    const turned = (turns: number) =>
      quarter.map(
        ([x, y]) =>
          [
            [x, y],
            [-y, x],
            [-x, -y],
            [y, -x],
          ][turns] as [number, number],
      );
    return polygon(...[0, 1, 2, 3].flatMap(turned));
  },
};

function polygon(...points: readonly (readonly [number, number])[]): string {
  return `M${points.map(([x, y]) => `${scaled(x)},${scaled(y)}`).join('L')}Z`;
}

const scaled = (pixels: number): number => Math.round((1e4 * pixels) / (width / 2)) / 1e4;
