/** What the script of a page is told of the marks of its charts. */
import { expect, test } from 'vitest';
import { buildReport } from '../../../harness/report/index.ts';
import { drawPanels } from '../../../harness/report/page/draw-panels.ts';
import { markLines } from '../../../harness/report/page/mark-text.ts';
import { pageMarks, type DrawnPanel } from '../../../harness/report/page/page-marks.ts';
import type { Figure, MarkReading } from '../../../harness/report/report-types.ts';
import { input, sweep } from '../sweep-fixture.ts';

const share: MarkReading = { x: 'samples', y: { label: 'accuracy', unit: 'share' }, isDifference: false };
const row = { panel: 'p', series: 's', arm: 'PMP', model: 'm', role: 'mean', x: 1024, y: 0.6234, low: 0.6, high: 0.65 };

test('a mean is told with its interval and its seeds, a seed with its own', () => {
  expect(markLines({ ...row, seed: null, n: 3 }, share)).toEqual([
    'PMP, m',
    'accuracy 62.3 %',
    '95 % interval 60.0 % to 65.0 %',
    '1,024 samples, mean of 3 seeds',
  ]);
  expect(markLines({ ...row, role: 'seed', seed: 2, n: 1, low: null, high: null }, share)).toEqual([
    'PMP, m',
    'accuracy 62.3 %',
    '1,024 samples, seed 2',
  ]);
});

test('a difference is signed, and in percent already', () => {
  const difference: MarkReading = { ...share, x: null, isDifference: true };
  expect(markLines({ ...row, label: 'all sizes', y: 1.25, low: -0.5, high: 3, n: 4 }, difference)).toEqual([
    'p, s',
    'accuracy +1.3 points',
    '95 % interval \u22120.5 points to +3.0 points',
    'all sizes, mean of 4 seeds',
  ]);
});

test('the line at chance tells nothing; of a registered chart the fields are told', () => {
  expect(markLines({ y: 0.5 }, share)).toEqual([]);
  expect(markLines({ name: 'a', size: 0.12345, isIt: true }, null)).toEqual(['name: a', 'size: 0.1235']);
});

const report = buildReport(input({ trials: sweep({ samples: [128, 512] }).trials }));
async function drawn(figures: readonly Figure[]): Promise<ReadonlyMap<string, readonly DrawnPanel[]>> {
  const panels = new Map<string, readonly DrawnPanel[]>();
  for (const figure of figures) panels.set(figure.name, await drawPanels(figure));
  return panels;
}

test('every mark of an SVG has its rows, and every trial of a scatter of seeds is named once a chart', async () => {
  const figures = report.figures.filter(({ name }) => name === 'rm-accuracy-by-samples');
  const panels = await drawn(figures);
  for (const { svg, marks } of panels.get('rm-accuracy-by-samples') ?? []) {
    const places = [...svg.matchAll(/data-m="(\d+)"/g)].map(([, place]) => Number(place));
    expect(places).toEqual(marks.map((_, place) => place));
    expect(marks.every((rows) => rows.length > 0)).toBe(true);
  }
  const { json } = pageMarks(figures, panels);
  const told = JSON.parse(json) as { panels: Record<string, [unknown, unknown, number?][][]>; texts: string[] };
  const trials = told.panels['rm-accuracy-by-samples']?.flat().flatMap(([, , trial]) => trial ?? []) ?? [];
  // 2 models x 5 arms that are drawn x 2 sample sizes x 3 seeds.
  expect(trials).toHaveLength(60);
  expect(new Set(trials).size).toBe(60);
});

test('entries of legends stand for the same arms in every chart', async () => {
  const { keysOf, json } = pageMarks(report.figures, await drawn(report.figures));
  const texts = (JSON.parse(json) as { texts: string[] }).texts;
  const named = (figure: string, label: string) => keysOf(figure, label).map((key) => texts[key]);
  const [bySamples, byPairs] = ['rm-accuracy-by-samples', 'rm-accuracy-by-pretraining-pairs'];
  expect(named(bySamples, 'LM only, equal pairs (12,288)')).toEqual(['LM only, equal pairs (12,288)']);
  expect(named(byPairs, 'LM only, equal pairs')).toEqual(['LM only, equal pairs (12,288)']);
  expect(named(byPairs, 'no pretraining and PMP')).toEqual([
    'no pretraining',
    ...[1536, 3072, 6144, 12288].map((pairs) => `PMP (${pairs.toLocaleString('en')} pairs)`),
  ]);
  expect(named(byPairs, 'qwen2-tiny')).toEqual(['qwen2-tiny']);
  expect(named('treatment-effect', 'all models')).toEqual(['all models']);
  // One line of two that the arm has there.
  expect(named('best-of-n', 'PMP (12,288 pairs)')).toEqual(['PMP (12,288 pairs)']);
  expect(named('best-of-n', 'nobody')).toEqual([]);
});

test('texts cannot end the element that holds them', () => {
  const figure = { ...report.figures[0], name: 'f', legend: [], reading: null } as unknown as Figure;
  const { json } = pageMarks([figure], new Map([['f', [{ svg: '', marks: [[{ a: '</script><b>' }]] }]]]));
  expect(json).not.toContain('<');
  expect(JSON.parse(json)).toMatchObject({ texts: ['a: </script><b>'] });
});
