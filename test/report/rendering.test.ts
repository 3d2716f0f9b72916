import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { buildReport, renderFiles, renderReport } from '../../harness/report/index.ts';
import { renderPng, renderSvg } from '../../harness/report/figures/render-chart.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { input, lose, sweep } from './sweep-fixture.ts';

const small = sweep({ models: ['qwen2-tiny', 'gpt2-tiny'], samples: [128, 512], budgets: [2048, 8192] });
const smallReport = () =>
  buildReport(
    input({
      trials: lose(small.trials, [
        [3, 'diverged'],
        [20, 'pending'],
      ]),
    }),
  );

test.each([
  'treatment-effect',
  'rm-accuracy-by-pretraining-pairs',
  'rm-accuracy-by-samples',
  'equal-samples',
  'best-of-n',
])('golden chart %s: the specification is the committed one, and compiles without a warning', async (name) => {
  const figure = smallReport().figures.find((candidate) => candidate.name === name);
  if (figure === undefined) throw new Error(`no figure ${name}`);
  await expect(`${JSON.stringify(figure.spec, null, 1)}\n`).toMatchFileSnapshot(`golden/${name}.vl.json`);
  const svg = await renderSvg(figure.spec);
  for (const panel of figure.panels) expect(svg).toContain(panel.label);
});

let rendered: ReturnType<typeof renderFiles> | null = null;
const smallFiles = (): ReturnType<typeof renderFiles> => (rendered ??= renderFiles(smallReport()));

test('two renderings of the same trials give the same bytes, in one process', async () => {
  const first = await smallFiles();
  const second = await renderFiles(smallReport());
  expect([...second.keys()]).toEqual([...first.keys()]);
  for (const [name, content] of first)
    expect(Buffer.from(second.get(name) ?? '').equals(Buffer.from(content)), name).toBe(true);
});

test('text reaches the PNG: without a usable font the rasterizer drops it silently', () => {
  const image = (text: string) =>
    renderPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text x="2" y="15" font-family="DejaVu ` +
        `Sans, Verdana, sans-serif" font-size="14">${text}</text></svg>`,
    );
  expect(image('accuracy').equals(image(''))).toBe(false);
  expect(image('accuracy').equals(image('accurate'))).toBe(false);
});

test('a warning of the compiler is an error: zero has no place on a log axis', async () => {
  const spec = {
    data: {
      values: [
        { x: 0, y: 1 },
        { x: 10, y: 2 },
      ],
    },
    mark: 'line',
    encoding: {
      x: { field: 'x', type: 'quantitative', scale: { type: 'log' } },
      y: { field: 'y', type: 'quantitative' },
    },
  };
  await expect(renderSvg(spec)).rejects.toThrow(/log scale|domain/i);
});

test('the page is whole without its one script, needs no network, is small, names its figures and repeats no id', async () => {
  const files = await renderFiles(
    buildReport(
      input({
        trials: sweep({ tasks: ['lookup', 'algebra'], samples: [128, 512] }).trials,
        question: 'Is <b> & "quoted" text safe?',
      }),
    ),
  );
  const html = String(files.get('index.html'));
  expect(html.length).toBeLessThan(1_000_000);
  expect(html).not.toMatch(/<link|<img|@import|url\(http|src=|eval\(|fetch\(/);
  expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="marks">', '<script>']);
  expect(html).toContain(`content="default-src 'none'; `);
  expect(html).toContain('Is &lt;b&gt; &amp; &quot;quoted&quot; text safe?');
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const reference of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(reference[1]);
  const panels = html.match(/<svg role="img"/g) ?? [];
  expect(panels.length).toBe(2 * (3 + 2 + 2 + 3 + 2));
  for (const svg of html.matchAll(/<svg role="img" aria-label="([^"]*)"/g)) expect(svg[1]?.length).toBeGreaterThan(20);
});

test('the CSV has every cell with its interval, n and method', async () => {
  const lines = String((await smallFiles()).get('results.csv'))
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toBe('table,task,model,arm,variant,pretrain_pairs,samples,metric,mean,low,high,n,method');
  expect(lines.filter((line) => line.startsWith('accuracy,lookup,qwen2-tiny,'))).toHaveLength(5 * 2);
  // Seed 0 of (no pretraining, 512 samples) diverged: two seeds are left.
  expect(lines.find((line) => line.startsWith('accuracy,lookup,qwen2-tiny,none,,0,512,'))).toMatch(/,2,t over seeds$/);
});

test('through the record: files are written whole, the same again, and an old figure does not stay', async () => {
  const results = temporaryResults();
  const reports = mkdtempSync(join(tmpdir(), 'harness-report-'));
  try {
    writeSampleResults(results);
    await collect(results);
    const { folder, files, report } = await renderReport({
      experiment: 'tiny',
      resultsFolder: results,
      reportsFolder: reports,
    });
    expect(folder).toBe(join(reports, 'tiny'));
    expect(report.counts).toMatchObject({ planned: 4, used: 4 });
    // no pretraining .5 .6, pmp .7 .9: differences .2 and .3; two seeds are no claim
    expect(report.comparisons[0]).toMatchObject({ reading: 'no-claim', statistics: { n: 2 } });
    expect(report.comparisons[0]?.statistics?.meanDifference).toBeCloseTo(0.25, 12);
    expect(report.footer.find(({ label }) => label === 'data of')?.text).toBe('2026-01-02');
    expect(report.footer.find(({ label }) => label === 'command')?.text).toBe('harness sweep x.yaml');
    const read = () => files.map((file) => readFileSync(join(folder, file)));
    const before = read();
    expect(readdirSync(join(folder, 'figures')).length).toBe(
      files.filter((file) => file.startsWith('figures/')).length,
    );
    await renderReport({ experiment: 'tiny', resultsFolder: results, reportsFolder: reports });
    for (const [i, content] of read().entries()) expect(content.equals(before[i] as Buffer), files[i]).toBe(true);
    await expect(
      renderReport({ experiment: 'absent', resultsFolder: results, reportsFolder: reports }),
    ).rejects.toMatchObject({ name: 'UserError', exitCode: 5 });
  } finally {
    rmSync(results, { recursive: true, force: true });
    rmSync(reports, { recursive: true, force: true });
  }
});

test('through the record: the title of the specification is that of the report', async () => {
  const results = temporaryResults();
  const reports = mkdtempSync(join(tmpdir(), 'harness-report-'));
  try {
    writeSampleResults(results);
    const plan = join(results, 'experiments/tiny/plan.json');
    const recorded = JSON.parse(readFileSync(plan, 'utf8')) as object;
    writeFileSync(plan, JSON.stringify({ ...recorded, specText: 'name: tiny\nreport:\n  title: A tiny experiment\n' }));
    await collect(results);
    const { folder } = await renderReport({ experiment: 'tiny', resultsFolder: results, reportsFolder: reports });
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<h1>A tiny experiment</h1>');
    expect(readFileSync(join(folder, 'results.md'), 'utf8')).toContain('# A tiny experiment');
  } finally {
    rmSync(results, { recursive: true, force: true });
    rmSync(reports, { recursive: true, force: true });
  }
});
