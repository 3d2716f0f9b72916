import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../../harness/record/trial-result.ts';
import { buildReport, type Figure } from '../../../harness/report/index.ts';
import { renderSvg } from '../../../harness/report/figures/render-chart.ts';
import { input, sweep } from '../sweep-fixture.ts';

type Curve = Readonly<Record<number, number>>;

/** One model; the accuracy of each arm at its sample sizes, the same for all seeds but for `spread` of PMP. */
function trialsOf(curves: Readonly<Record<string, Curve>>, seeds = [0, 1, 2], spread = 0): readonly TrialResult[] {
  return seeds.flatMap((seed) =>
    Object.entries(curves).flatMap(([arm, curve]) =>
      Object.entries(curve).map(([samples, accuracy]): TrialResult => ({
        trialId: `${arm}-${samples}-${seed}`,
        seed,
        model: 'tiny',
        arm,
        pmpPairs: arm === 'pmp' ? 1000 : 0,
        pretrainPairs: arm === 'none' ? 0 : 1000,
        task: 'lookup',
        samples: Number(samples),
        declared: {},
        outcome: 'completed',
        cause: null,
        evaluateStage: 'e',
        choices: {},
        metrics: { 'eval/pairwise_accuracy': accuracy + (arm === 'pmp' ? spread * (seed - 1) : 0) },
      })),
    ),
  );
}

const figureOf = (trials: readonly TrialResult[]): Figure | undefined =>
  buildReport(input({ trials, tables: [] })).figures.find(({ name }) => name === 'equal-samples');

interface Row {
  readonly panel: string;
  readonly mark: string;
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly isOpenBelow: boolean;
  readonly isOpenAbove: boolean;
}

const rowsOf = (figure: Figure | undefined): readonly Row[] =>
  (figure?.spec as { data: { values: readonly Row[] } } | undefined)?.data.values ?? [];

const none = { 128: 0.55, 512: 0.65 };

describe('by hand', () => {
  test('halfway between 128 and 512 on a log axis is 256; beyond 512, and below 128, is an open mark', () => {
    const figure = figureOf(trialsOf({ none, pmp: { 64: 0.5, 128: 0.6, 512: 0.7 } }, [0]));
    expect(rowsOf(figure)).toMatchObject([
      { panel: 'against no pretraining', mark: 'at most its smallest size', x: 64, y: 128, low: null },
      { mark: 'that many', x: 128, y: 256 },
      { mark: 'more than its largest size', x: 512, y: 512 },
    ]);
    expect(figure?.alt).toContain('against no pretraining, 64 equal \u2264 128; 128 equal 256; 512 equal > 512.');
    expect(figure?.caption).toContain('There are no intervals');
    expect(figure?.legend[0]?.entries.map(({ shape }) => shape)).toEqual(['circle', 'triangle-up', 'triangle-down']);
  });

  test('an end of an interval beyond the sizes is an arrow, unless the mark stands there itself', () => {
    const rows = rowsOf(figureOf(trialsOf({ none, pmp: { 128: 0.6, 512: 0.7 } }, [0, 1, 2], 0.01)));
    // sd 0.01 of three seeds: half a t-interval is 0.0248, half a doubling: 256 / 1.41 to 256 x 1.41.
    expect(rows[0]).toMatchObject({ mark: 'that many', isOpenBelow: false, isOpenAbove: false });
    expect(rows[0]?.low).toBeLessThan(200);
    expect(rows[0]?.high).toBeGreaterThan(325);
    expect(rows[1]).toMatchObject({ mark: 'more than its largest size', high: 512, isOpenAbove: false });
    const wide = rowsOf(figureOf(trialsOf({ none, pmp: { 128: 0.6, 512: 0.7 } }, [0, 1, 2], 0.05)));
    expect(wide[0]).toMatchObject({ low: 128, high: 512, isOpenBelow: true, isOpenAbove: true });
  });

  test('the diagonal leads through equal samples, on two axes that are the same', () => {
    const spec = JSON.stringify(figureOf(trialsOf({ none, pmp: { 128: 0.6, 512: 0.7 } }))?.spec);
    const domains = [...spec.matchAll(/"domain":(\[[\d.,]+\])/g)].map(([, domain]) => domain);
    expect(new Set(domains).size).toBe(1);
    const [from, to] = JSON.parse(domains[0] ?? '[]') as [number, number];
    expect(spec).toContain(`"values":[{"x":${from},"y":${from}},{"x":${to},"y":${to}}]`);
  });
});

test('one treatment size is no curve', () => {
  expect(figureOf(trialsOf({ none, pmp: { 128: 0.6 } }))).toBeUndefined();
  expect(figureOf(trialsOf({ none: { 128: 0.55 }, pmp: { 128: 0.6, 512: 0.7 } }))).toBeUndefined();
});

test('a panel for each arm compared with, and it stands behind the curves it is read from', async () => {
  const report = buildReport(input({ trials: sweep().trials, tables: [] }));
  const names = report.figures.map(({ name }) => name);
  expect(names.indexOf('equal-samples')).toBe(names.indexOf('rm-accuracy-by-samples') + 1);
  const figure = report.figures.find(({ name }) => name === 'equal-samples') as Figure;
  expect(figure.panels.map(({ label }) => label)).toEqual([
    'against no pretraining',
    'against LM only, equal pairs',
    'against LM only, equal tokens',
  ]);
  // Font sizes of its text: nothing below 11 pixels.
  const sizes = [...(await renderSvg(figure.spec)).matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size));
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
});
