import { expect, test } from 'vitest';
import { metrics, type MetricInfo } from '../../harness/kinds/index.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import {
  buildReport,
  figures,
  formatSummary,
  renderFiles,
  tables,
  type FigureKind,
  type TableKind,
} from '../../harness/report/index.ts';
import { claiming, input, sweep } from './sweep-fixture.ts';

const { trials } = sweep({ models: ['tiny'], samples: [128, 512], budgets: [2048, 8192] });
const twoTasks = () => sweep({ models: ['tiny'], tasks: ['lookup', 'algebra'], samples: [128] }).trials;

const trialsBySeed: FigureKind = {
  id: 'trials-by-seed',
  scope: 'experiment',
  draw: ({ cells }) => ({
    title: 'Used trials by seed',
    caption: 'Every trial with a result.',
    alt: 'A bar for each seed.',
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      data: { values: cells.flatMap(({ used }) => used.map(({ seed }) => ({ seed }))) },
      mark: 'bar',
      encoding: { x: { field: 'seed', type: 'nominal' }, y: { aggregate: 'count' } },
    },
  }),
};

const tieTable: TableKind = {
  id: 'ties',
  scope: 'task',
  isFolded: true,
  draw: ({ task, cells }) => ({
    title: `Ties on ${task}`,
    columns: ['arm', 'cells'],
    rows: [['all', String(cells.length)]],
    note: 'A note.',
    numbers: [
      {
        model: '',
        arm: '',
        variant: '',
        pretrainPairs: null,
        samples: null,
        metric: 'cells',
        mean: cells.length,
        low: null,
        high: null,
        n: 1,
        method: 'none',
      },
    ],
  }),
};

test('a new figure is one record: it appears in the page, the text, the data and as files', async () => {
  const report = buildReport(input({ trials, figures: [...figures, trialsBySeed] }));
  expect(report.figures.at(-1)).toMatchObject({ name: 'trials-by-seed', task: null });
  const files = await renderFiles(report);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['figures/trials-by-seed.svg', 'figures/trials-by-seed.png']),
  );
  expect(String(files.get('index.html'))).toContain('<figure id="figure-trials-by-seed"');
  expect(String(files.get('results.md'))).toContain('![Used trials by seed](figures/trials-by-seed.png)');
  expect(String(files.get('report.json'))).toContain('"figures/trials-by-seed.vl.json"');
});

test('a new table is one record: it appears in the page as its record says, in the text and in the CSV', async () => {
  const files = await renderFiles(buildReport(input({ trials, tables: [...tables, tieTable], figures: [] })));
  expect(String(files.get('index.html'))).toContain('<details><summary>Ties on lookup</summary>');
  expect(String(files.get('results.md'))).toContain('## Ties on lookup');
  expect(String(files.get('results.csv'))).toContain('ties,lookup,,,,,,cells,10,,,1,none');
});

test('a figure of a task takes the name of its id, and of the task where there are several', () => {
  const ofTask: FigureKind = { ...trialsBySeed, scope: 'task' } as FigureKind;
  const names = (of: readonly TrialResult[]) =>
    buildReport(input({ trials: of, figures: [ofTask] })).figures.map(({ name }) => name);
  expect(names(trials)).toEqual(['trials-by-seed']);
  expect(names(twoTasks())).toEqual(['trials-by-seed-lookup', 'trials-by-seed-algebra']);
});

test('two figures or tables that would overwrite each other are refused', () => {
  expect(() => buildReport(input({ trials, figures: [trialsBySeed, trialsBySeed] }))).toThrow(
    expect.objectContaining({ name: 'UserError', exitCode: 2, message: expect.stringContaining('trials-by-seed') }),
  );
  expect(() => buildReport(input({ trials, tables: [tieTable, tieTable] }))).toThrow(
    /two tables .* called ties-lookup/,
  );
});

test('an error in a figure says which one it is', () => {
  const draw = (): never => {
    throw new TypeError('cells is not iterable');
  };
  expect(() => buildReport(input({ trials, figures: [{ ...trialsBySeed, draw }] }))).toThrow(
    'report: trials-by-seed cannot be drawn: cells is not iterable',
  );
});

test('the page and the text carry the title of the experiment, and its name where there is none', async () => {
  const titled = await renderFiles(buildReport(input({ trials, title: 'How PMP <scales>', figures: [] })));
  expect(String(titled.get('index.html'))).toContain('<title>How PMP &lt;scales&gt;</title>');
  expect(String(titled.get('index.html'))).toContain('<h1>How PMP &lt;scales&gt;</h1>');
  expect(String(titled.get('results.md'))).toMatch(/^# How PMP \\<scales>\n\nExperiment `scale`\.\n/);
  const plain = await renderFiles(buildReport(input({ trials, figures: [] })));
  expect(String(plain.get('index.html'))).toContain('<h1>scale</h1>');
  expect(String(plain.get('results.md'))).toMatch(/^# scale\n\nDoes /);
});

const withMetric = (name: string, value: number): readonly TrialResult[] =>
  trials.map((trial, i) => (i === 0 ? { ...trial, metrics: { ...trial.metrics, [name]: value } } : trial));

test('only a metric that is registered as a share must lie between 0 and 1', () => {
  expect(() => buildReport(input({ trials: withMetric('eval/best_of_4', 1.2) }))).toThrow(
    /eval\/best_of_4 is 1\.2, not a share/,
  );
  expect(() => buildReport(input({ trials: withMetric('mine/win_rate', 1.2) }))).not.toThrow();
  expect(() => buildReport(input({ trials: withMetric('mine/win_rate', Number.NaN) }))).toThrow(/not a finite number/);
  const registered = [...metrics, { name: 'mine/win_rate', unit: 'share', better: 'high' } as const];
  expect(() => buildReport(input({ trials: withMetric('mine/win_rate', 1.2), metrics: registered }))).toThrow(
    /mine\/win_rate is 1\.2, not a share/,
  );
});

test('a task judged by another metric: its unit and direction hold in every text and figure', async () => {
  // The fixture's pairwise loss is 1.1 minus the accuracy, so what was 6 points better is 0.06 nats lower.
  const of = sweep({ models: ['tiny'], samples: [128, 512], effect: 0.06, withOutcomes: true });
  const byAccuracy = buildReport(input({ ...of, ...claiming() }));
  const byLoss = buildReport(input({ ...of, ...claiming(), headlines: { lookup: 'eval/pairwise_loss' } }));
  const [accuracy, loss] = [byAccuracy.comparisons[0], byLoss.comparisons[0]];
  expect(loss?.reading).toBe('better');
  expect(loss?.statistics?.meanDifference).toBeCloseTo(-(accuracy?.statistics?.meanDifference as number), 12);
  expect(loss?.itemInterval).toBeNull();
  expect(loss?.sentence).toMatch(
    /: PMP \(12,288 pairs\) beats no pretraining on lookup over all sample sizes in pairwise loss by 0\.0\d\d nats \[/,
  );
  const needs = ({ efficiency }: typeof byLoss) =>
    efficiency.map(({ needs: { x, bound }, samples }) => [bound, (x / samples).toFixed(6)]);
  expect(needs(byLoss)).toEqual(needs(byAccuracy));
  expect(needs(byLoss).length).toBeGreaterThan(2);
  expect(byLoss.tables[0]).toMatchObject({ title: 'Pairwise loss on lookup, tiny' });
  expect(byLoss.figures.map(({ title }) => title)).toContain('Pairwise loss on lookup by pretraining pairs');
  expect(JSON.stringify(byLoss.figures.find(({ name }) => name === 'treatment-effect')?.spec)).toContain(
    '\u2190 better | nats | worse \u2192',
  );
  expect(byLoss.statements.some(({ text }) => text.includes('uninformative'))).toBe(false);
  expect(formatSummary(byLoss)).toContain('pairwise loss by samples');
  await expect(renderFiles(byLoss)).resolves.toBeDefined();
});

test('chance is on the worse side of a metric where low is better, and of a share only', () => {
  const error = { name: 'mine/error', unit: 'share', better: 'low', chance: 0.5 } as const;
  const notes = (accuracy: number, metric: MetricInfo) => {
    const judged = sweep({ models: ['tiny'], base: accuracy, gainPerDoubling: 0, effect: 0, noise: 0.005 }).trials.map(
      (trial) => ({
        ...trial,
        metrics: { ...trial.metrics, [metric.name]: 1 - (trial.metrics['eval/pairwise_accuracy'] as number) },
      }),
    );
    const kinds = { metrics: [...metrics, metric], headlines: { lookup: metric.name } };
    return buildReport(input({ trials: judged, ...kinds })).statements.flatMap(({ text }) =>
      text.includes('uninformative') ? [text] : [],
    );
  };
  expect(notes(0.8, error)).toEqual([]);
  // Wilson for one half on 500 pairs goes down to 45.6 %.
  expect(notes(0.5, error)[0]).toMatch(
    /^lookup is uninformative: no arm is below what chance gives on this many test pairs \(45\.6 %; the best mean/,
  );
  expect(notes(0.5, { ...error, unit: 'nats', chance: 1.1 })).toEqual([]);
});

test('a headline of which nobody knows the better direction is refused', () => {
  expect(() => buildReport(input({ trials, headlines: { lookup: 'eval/mean_margin' } }))).toThrow(
    expect.objectContaining({ name: 'UserError', exitCode: 2, message: expect.stringContaining('eval/mean_margin') }),
  );
});
