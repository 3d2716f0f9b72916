/** How large the files of a figure are: for the page of a report, or in the width that a paper gives it. */

export const figureSizes = ['page', 'one-column', 'two-columns'] as const;
export type FigureSize = (typeof figureSizes)[number];
export type PaperSize = Exclude<FigureSize, 'page'>;

/** Of journals and proceedings with two columns, in millimetres. */
export const paperWidths = { 'one-column': 85, 'two-columns': 178 } as const satisfies Record<PaperSize, number>;

const millimetresOfInch = 25.4;

/** A unit of such a chart is a point, so that a size of 8 is 8 pt in print. */
export const pointsOf = (millimetres: number): number => (72 * millimetres) / millimetresOfInch;

export const dotsPerInch = 300;
export const dotsOf = (millimetres: number): number => Math.round((dotsPerInch * millimetres) / millimetresOfInch);

/** Units -> `width="85mm"`. The units stay in its viewBox. */
export function inMillimetres(svg: string): string {
  return svg.replaceAll(/(?<=^<svg [^>]*?)(width|height)="([\d.]+)"/g, (_, side: string, points: string) => {
    const length = Math.round((100 * Number(points) * millimetresOfInch) / 72) / 100;
    return `${side}="${length}mm"`;
  });
}
