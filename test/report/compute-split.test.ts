import { describe, expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { buildReport, renderFiles, type Report, type ReportInput } from '../../harness/report/index.ts';
import { metricLookup } from '../../harness/kinds/index.ts';
import { armResolver } from '../../harness/report/arm-points.ts';
import { groupCells } from '../../harness/report/cells.ts';
import { computeSplits } from '../../harness/report/split/compute-splits.ts';
import { splitStatements } from '../../harness/report/split/split-words.ts';
import { mean } from '../../harness/stats/index.ts';
import { input } from './sweep-fixture.ts';
import { splitGrid, type SplitGrid, type SplitPlace } from './split-fixture.ts';

const reportOf = (
  accuracyAt: (place: SplitPlace) => number,
  grid: SplitGrid = {},
  parts: Partial<ReportInput> = {},
): Report => buildReport(input({ ...splitGrid(accuracyAt, grid), ...parts }));

const splitOf = (report: Report) => report.computeSplits[0] as Report['computeSplits'][number];

/** The same at every call. */
function noise(sd: number, of = 'noise'): (place: SplitPlace) => number {
  return (place) => sd * randomStream(place.seed, of, JSON.stringify(place)).normal();
}

/** Best at 200 pairs and 40 steps: 200e6 + 400e6 FLOPs, a third of them in pretraining. */
function planted({ pairs, steps }: SplitPlace): number {
  return 0.6 + (pairs === 200 ? 0.1 : pairs > 0 ? 0.03 : 0) + (steps === 40 ? 0.05 : 0);
}

const headline = 'eval/pairwise_accuracy';

describe('against brute force', () => {
  const shaky = noise(0.05);
  const accuracyAt = (place: SplitPlace): number => planted(place) + shaky(place);
  const { trials, compute } = splitGrid(accuracyAt);
  const split = splitOf(buildReport(input({ trials, compute })));
  const seeds = [0, 1, 2];
  const options = [0, 100, 200, 400].flatMap((pairs) =>
    [10, 40].map((steps) => {
      const values = seeds.map((seed) => accuracyAt({ pairs, steps, samples: 64, seed }));
      return { pairs, steps, total: 1e6 * pairs + 1e7 * steps, values };
    }),
  );

  test('the points: FLOPs from the start on, shares, and means', () => {
    expect(split.startFlops).toBe(5e8);
    expect(split.points).toHaveLength(8);
    for (const { pairs, steps, total, values } of options) {
      const point = split.points.find((one) => one.pretrainPairs === pairs && one.variant === `steps = ${steps}`);
      expect(point).toMatchObject({ pretrainFlops: 1e6 * pairs, finetuneFlops: 1e7 * steps, totalFlops: total });
      expect(point?.pretrainShare).toBeCloseTo((1e6 * pairs) / total, 12);
      expect(point?.estimate.mean).toBeCloseTo(mean(values), 12);
    }
    const totals = split.points.map(({ totalFlops }) => totalFlops);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
  });

  test('the frontier: no point is as cheap and better', () => {
    const expected = options
      .filter((one) => !options.some((other) => other.total <= one.total && mean(other.values) > mean(one.values)))
      .map(({ pairs, steps }) => `${pairs} steps = ${steps}`);
    const found = split.points.filter(({ isOnFrontier }) => isOnFrontier);
    expect(found.map(({ pretrainPairs, variant }) => `${pretrainPairs} ${variant}`).toSorted()).toEqual(
      expected.toSorted(),
    );
  });

  test('the best split of each seed is chosen on the others, within every budget', () => {
    for (const { budgetFlops, estimate, gain } of split.best) {
      const read = (within: typeof options): readonly number[] =>
        seeds.map((left) => {
          const scored = within.map((one) => mean(one.values.filter((_, seed) => seed !== left)));
          return within[scored.indexOf(Math.max(...scored))]?.values[left] as number;
        });
      const within = options.filter(({ total }) => total <= budgetFlops);
      const values = read(within);
      const alone = read(within.filter(({ pairs }) => pairs === 0));
      expect(estimate.values.map(({ value }) => value)).toEqual(values);
      expect(gain?.mean).toBeCloseTo(mean(values.map((value, i) => value - (alone[i] as number))), 12);
    }
    expect(split.best.length).toBeGreaterThan(2);
  });
});

test('a planted optimum is chosen on all seeds, and told', () => {
  const shaky = noise(0.004);
  const report = reportOf((place) => planted(place) + shaky(place));
  const last = splitOf(report).best.at(-1);
  expect(last?.chosen).toEqual([{ pretrainShare: 1 / 3, seeds: 3 }]);
  expect(last?.estimate.mean).toBeCloseTo(0.75, 1);
  const told = report.statements.filter(({ text }) => text.includes('training FLOPs'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ tone: 'better', task: 'lookup', isClaim: false });
  expect(told[0]?.text).toMatch(/^tiny: within \d\.\d\de8 training FLOPs and 64 samples, splits between PMP and /);
  expect(told[0]?.text).toContain(
    '(percent of the FLOPs in pretraining: 33.3 (3 of 3)) beat finetuning alone on lookup',
  );
  expect(told[0]?.text).toMatch(/by \+(9|10)\.\d \[.*\] points .* \(n = 3 seeds; p = 0\.0\d\d\)\. Exploratory\.$/);
  expect(report.figures.find(({ name }) => name === 'compute-frontier')?.alt).toContain(
    '33.3 % of them in pretraining',
  );
});

test('where pretraining is of no use, nothing is put into it, and nothing is told', () => {
  const shaky = noise(0.003);
  const report = reportOf((place) => 0.6 + 0.002 * place.steps - 1e-4 * place.pairs + shaky(place));
  expect(splitOf(report).best.at(-1)?.chosen).toEqual([{ pretrainShare: 0, seeds: 3 }]);
  expect(report.statements.some(({ text }) => text.includes('training FLOPs'))).toBe(false);
});

test.each([3, 5])('where all splits are equal, %i seeds say no more often than they may that one is better', (n) => {
  const sweeps = 200;
  const seeds = Array.from({ length: n }, (_, seed) => seed);
  const metric = metricLookup()(headline);
  const told = Array.from({ length: sweeps }).filter((_, sweep) => {
    const shaky = noise(0.02, `null ${sweep}`);
    const { trials, compute } = splitGrid((place) => 0.7 + shaky(place), { seeds });
    const cells = groupCells(trials, { armNamed: armResolver(), headlineFor: () => metric });
    return splitStatements(computeSplits(cells, new Map(compute.map((one) => [one.trialId, one])))).length > 0;
  });
  // One side of a two-sided test at 5 %, and two standard errors.
  expect(told.length / sweeps).toBeLessThan(0.025 + 2 * Math.sqrt((0.025 * 0.975) / sweeps));
});

test('equal values of all seeds choose the cheapest', () => {
  const split = splitOf(reportOf(() => 0.7));
  expect(split.points.filter(({ isOnFrontier }) => isOnFrontier).map(({ totalFlops }) => totalFlops)).toEqual([1e8]);
  expect(split.best.map(({ chosen }) => chosen)).toEqual([[{ pretrainShare: 0, seeds: 3 }]]);
  expect(split.best[0]?.gain).toMatchObject({ mean: 0, interval: null, p: null });
});

describe('what is missing is told, and the points stay', () => {
  const told = (
    grid: SplitGrid,
    parts: (trials: ReturnType<typeof splitGrid>) => Partial<ReportInput> = () => ({}),
  ) => {
    const made = splitGrid(planted, grid);
    const report = buildReport(input({ ...made, ...parts(made) }));
    expect(splitOf(report).best).toEqual([]);
    const { rows = [] } = report.tables.find(({ name }) => name.startsWith('compute-split')) ?? {};
    expect(rows.at(-1)?.[0]).toBe(`no best split: ${splitOf(report).lack}`);
    return [splitOf(report).lack, rows.length - 1];
  };

  test('budgets, lengths, seeds', () => {
    expect(told({ budgets: [0, 100, 200] })).toEqual(['it needs at least 3 budgets of pretraining, here 2', 6]);
    expect(told({ steps: [10] })).toEqual(['it needs at least 2 lengths of finetuning, here 1', 4]);
    expect(told({ seeds: [0, 1] })).toEqual(['it needs at least 3 seeds that have all points, here 2', 8]);
  });

  test('a grid: longer finetuning behind one budget alone is none', () => {
    const only = 'it needs at least 3 budgets of pretraining with 2 lengths of finetuning each, here 1';
    const sparse = told({}, ({ trials }) => ({
      trials: trials.filter(({ pretrainPairs, declared }) => declared['steps'] === 10 || pretrainPairs % 400 === 0),
    }));
    expect(sparse).toEqual([only, 6]);
  });

  test('a seed that lacks one point does not count', () => {
    const lacking = told({}, ({ trials }) => ({ trials: trials.filter(({ trialId }) => trialId !== '200-40-64-1') }));
    expect(lacking).toEqual(['it needs at least 3 seeds that have all points, here 2', 8]);
  });
});

describe('what is compared', () => {
  const shape = (report: Report) => report.computeSplits.map(({ samples, points }) => [samples, points.length]);

  test('nothing without FLOPs, or where every point has the same share', () => {
    const without = reportOf(planted, {}, { compute: [] });
    expect(without.computeSplits).toEqual([]);
    expect(without.figures.some(({ name }) => name === 'compute-frontier')).toBe(false);
    expect(without.tables.some(({ name }) => name.startsWith('compute-split'))).toBe(false);
    expect(shape(reportOf(planted, { budgets: [400], steps: [10] }))).toEqual([]);
  });

  test('samples are labels: each size has its own line, at equal FLOPs', () => {
    const report = reportOf(planted, { samples: [64, 256] });
    expect(shape(report)).toEqual([
      [64, 8],
      [256, 8],
    ]);
    const table = report.tables.find(({ name }) => name.startsWith('compute-split'));
    expect(table?.note).toContain('The number of steps is fixed, so that more samples take no more FLOPs.');
    expect(table?.note).toContain('took 5.00e8 FLOPs more');
    const [first] = table?.rows ?? [];
    const dash = '\u2013';
    expect(first).toEqual([
      'base LM alone (steps = 10)',
      '64',
      '0',
      '1.00e8',
      '1.00e8',
      '0.0',
      '60.0 (3)',
      'yes',
      dash,
    ]);
  });

  test('arms that begin elsewhere are not on the line; controls are, and on no frontier', () => {
    const { trials, compute } = splitGrid(planted);
    const renamed = (from: string, to: string) => trials.map((one) => (one.arm === from ? { ...one, arm: to } : one));
    const elsewhere = compute.map((one) => (one.pretrain === 0 ? { ...one, start: 0 } : one));
    expect(splitOf(buildReport(input({ trials, compute: elsewhere }))).points).toHaveLength(6);
    const controlled = splitOf(
      buildReport(
        input({
          trials: renamed('pmp', 'lm-equal-pairs').map((one) =>
            one.pretrainPairs === 100 ? { ...one, arm: 'pmp' } : one,
          ),
          compute,
        }),
      ),
    );
    expect(controlled.points.filter(({ isOnFrontier }) => isOnFrontier === null)).toHaveLength(4);
    expect(controlled.lack).toContain('budgets of pretraining, here 1');
  });

  test('an axis that changes no FLOPs makes lines of its own', () => {
    const { trials, compute } = splitGrid(planted);
    const twice = ['mean', 'last'].flatMap((pooling) =>
      trials.map((one) => ({ ...one, trialId: `${one.trialId}-${pooling}`, declared: { ...one.declared, pooling } })),
    );
    const costs = ['mean', 'last'].flatMap((pooling) =>
      compute.map((one) => ({ ...one, trialId: `${one.trialId}-${pooling}` })),
    );
    const splits = buildReport(input({ trials: twice, compute: costs })).computeSplits;
    expect(splits.map(({ treatment }) => treatment.variant)).toEqual(['pooling = mean', 'pooling = last']);
    expect(splits.map(({ points }) => points.length)).toEqual([8, 8]);
  });

  test('a length that was chosen on dev is no length that the plan knows', () => {
    const { trials, compute } = splitGrid(planted);
    const chosen = trials.map((one) =>
      one.pretrainPairs === 400 ? { ...one, choices: { 'finetune.steps': 20 } } : one,
    );
    const report = buildReport(input({ trials: chosen, compute }));
    expect(splitOf(report)).toMatchObject({ uncosted: 2, lack: expect.stringContaining('here 2') });
    expect(report.tables.find(({ name }) => name.startsWith('compute-split'))?.note).toContain(
      '2 points without a known cost: not here.',
    );
  });
});

test('a metric of which less is better: the same frontier, and a gain is a gain', () => {
  const shaky = noise(0.004);
  const at = (place: SplitPlace): number => planted(place) + shaky(place);
  const [high, low] = [reportOf(at), reportOf(at, {}, { headlines: { lookup: 'eval/pairwise_loss' } })];
  const frontier = (report: Report) => splitOf(report).points.map(({ isOnFrontier }) => isOnFrontier);
  expect(frontier(low)).toEqual(frontier(high));
  const gain = (report: Report) => splitOf(report).best.at(-1)?.gain?.mean;
  expect(gain(low)).toBeCloseTo(gain(high) as number, 12);
  expect(low.statements.some(({ tone, text }) => tone === 'better' && text.includes('training FLOPs'))).toBe(true);
});

test('page, text, LaTeX, CSV and JSON have it, and the chart is the committed one', async () => {
  const shaky = noise(0.01);
  const report = reportOf((place) => planted(place) + shaky(place), { samples: [64, 256] });
  const files = await renderFiles(report);
  const name = 'Training FLOPs in pretraining and in finetuning: lookup, tiny';
  expect(String(files.get('index.html'))).toContain(`<summary>${name}</summary>`);
  expect(String(files.get('index.html'))).toContain('<figure id="figure-compute-frontier"');
  expect(String(files.get('results.md'))).toContain(`## ${name}`);
  expect(String(files.get('results.tex'))).toContain(name);
  const lines = String(files.get('results.csv')).split('\r\n');
  expect(lines).toContain('compute-split,lookup,tiny,pmp,steps = 40,200,64,compute/pretrain_flops,200000000,,,3,none');
  const best = lines.filter((line) => line.startsWith('compute-split,lookup,tiny,pmp,compute/budget_flops = '));
  expect(best.some((line) => line.includes(`,,64,${headline},0.7`))).toBe(true);
  const json = JSON.parse(String(files.get('report.json'))) as Report;
  expect(json.computeSplits[0]).toMatchObject({ treatment: { arm: 'pmp', variant: '' }, headline, lack: null });
  const spec = report.figures.find((figure) => figure.name === 'compute-frontier')?.spec;
  await expect(`${JSON.stringify(spec, null, 1)}\n`).toMatchFileSnapshot('golden/compute-frontier.vl.json');
});
