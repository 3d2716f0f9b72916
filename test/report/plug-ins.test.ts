/** What a user's plug-in gives to a report: arms, metrics, figures, tables and the headline of a task. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecordedExperiment, readValidExperiment } from '../../harness/kinds/index.ts';
import { buildReport, recordedReportKinds, renderFiles, reportKinds, tables } from '../../harness/report/index.ts';
import type { ReportKinds } from '../../harness/report/index.ts';
import { baseText } from '../spec/base-experiment.ts';
import { input, sweep } from './sweep-fixture.ts';

const figure = `{
  id: 'seeds', scope: 'experiment',
  draw: ({ cells }) => ({
    title: 'Seeds', caption: 'By seed.', alt: 'A bar for each seed.',
    spec: { data: { values: cells.flatMap(({ used }) => used.map(({ seed }) => ({ seed }))) }, mark: 'bar',
      encoding: { x: { field: 'seed', type: 'nominal' }, y: { aggregate: 'count' } } },
  }),
}`;
const table = `{
  id: 'count', scope: 'task',
  draw: ({ task, cells }) => ({ title: 'Cells of ' + task, columns: ['cells'], rows: [[String(cells.length)]], note: '' }),
}`;
const arm = `{
  id: 'shuffled', formerIds: [], label: 'shuffled pairs', order: 5, role: 'control',
  style: { color: '#000000', shape: 'cross', dash: [1, 0], smaller: null },
  matches: ({ objective }) => objective.kind === 'pmp',
}`;
const metric = `{ name: 'eval/brier', unit: 'share', better: 'low', label: 'Brier score' }`;

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'harness-report-plug-in-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The kinds of an experiment with a plug-in of this text. */
async function kindsWith(name: string, plugin: string): Promise<{ file: string; kinds: ReportKinds; spec: string }> {
  const file = join(folder, `${name}.mjs`);
  const spec = join(folder, `${name}.yaml`);
  writeFileSync(file, plugin);
  writeFileSync(spec, `plugins: [./${name}.mjs]\n${baseText}`);
  const { result, ...loaded } = await readValidExperiment(spec);
  return { file, spec, kinds: reportKinds({ ...loaded, spec: result.spec }) };
}

const { trials } = sweep({ models: ['tiny'], samples: [128, 512], budgets: [2048, 8192] });
const withArm = trials.map((trial) => (trial.arm === 'lm-equal-pairs' ? { ...trial, arm: 'shuffled' } : trial));

describe('a plug-in', () => {
  test('adds an arm, a metric, a figure and a table to the report, beside ours', async () => {
    const all = `export default { arms: [${arm}], metrics: [${metric}], figures: [${figure}], tables: [${table}] };`;
    const { kinds } = await kindsWith('all', all);
    const report = buildReport(input({ trials: withArm, ...kinds }));
    expect(report.arms).toContainEqual({ id: 'shuffled', label: 'shuffled pairs', role: 'control' });
    expect(report.figures.map(({ name }) => name)).toEqual(expect.arrayContaining(['treatment-effect', 'seeds']));
    expect(report.tables).toContainEqual(
      expect.objectContaining({ name: 'count-lookup', rows: [['10']], isFolded: false }),
    );
    expect(kinds.metrics).toContainEqual({ name: 'eval/brier', unit: 'share', better: 'low', label: 'Brier score' });
    const files = await renderFiles(report);
    expect([...files.keys()]).toContain('figures/seeds.svg');
  });

  test('judges its task by the headline of its kind', async () => {
    const task = `({ z }) => ({ tasks: [{
      kind: 'sums', schema: z.strictObject({ kind: z.literal('sums'), name: z.string() }), grader: null,
      headline: 'eval/pairwise_loss', lengths: () => ({ prompt: 1, chosen: 1, rejected: 1 }),
      sizes: () => ({ trainPairs: 9000, devPairs: 9, testPairs: 9, questions: 0, candidates: 0, leastCandidates: 0 }),
      read: async () => ({ train: [], dev: [], test: [], pool: [], counts: {} }),
    }] })`;
    writeFileSync(join(folder, 'sums.mjs'), `export default ${task};`);
    const spec = join(folder, 'sums.yaml');
    const text = baseText.replace(/^task:\n(  .*\n)*/m, 'task: {kind: sums, name: lookup}\n');
    writeFileSync(spec, `plugins: [./sums.mjs]\n${text}`);
    const { result, ...loaded } = await readValidExperiment(spec);
    const kinds = reportKinds({ ...loaded, spec: result.spec });
    const [judged] = buildReport(input({ trials, ...kinds })).tasks;
    expect(judged).toMatchObject({ task: 'lookup', headline: { name: 'eval/pairwise_loss', better: 'low' } });
  });

  test.each([
    ['unit', `{ metrics: [{ name: 'eval/x', unit: 'points', better: null }] }`, 'metrics[0].unit: '],
    ['taken', `{ metrics: [{ name: 'eval/tie_rate', unit: 'share', better: null }] }`, 'eval/tie_rate'],
  ])('that registers something wrong is refused with exit code 2: %s', async (name, text, message) => {
    await expect(kindsWith(`wrong-${name}`, `export default ${text};`)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message),
    });
    await expect(kindsWith(`wrong-${name}`, `export default ${text};`)).rejects.toThrow(`wrong-${name}.mjs`);
  });

  test('whose figure throws is told with its file and line', async () => {
    const { file, kinds } = await kindsWith(
      'throws',
      `export default { figures: [{\n  id: 'x', scope: 'experiment',\n  draw: ` +
        `({ cells }) => cells.nothing.length,\n}] };`,
    );
    expect(() => buildReport(input({ trials, ...kinds }))).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(`^${file}:3: .*undefined`) }),
    );
  });

  test('whose table or chart is none is told with its file and name', async () => {
    const drawing =
      `{ tables: [{ id: 'x', scope: 'task', draw: () => ({ title: 'T', columns: ['a'], rows: ` +
      `[[1]], note: '' }) }] }`;
    const wrong = await kindsWith('rows', `export default ${drawing};`);
    expect(() => buildReport(input({ trials, ...wrong.kinds }))).toThrow(`${wrong.file}: table x: rows.0.0`);
    const bars = await kindsWith('bars', `export default { figures: [${figure.replace("'bar'", "'bars'")}] };`);
    await expect(renderFiles(buildReport(input({ trials, ...bars.kinds })))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`${bars.file}: figure seeds: `),
    });
  });
});

describe('an experiment on record', () => {
  const recorded = (file: string): string => readFileSync(file, 'utf8').replace('[./', `[${folder}/`);

  test('is reported with the kinds it was recorded with', async () => {
    const { spec } = await kindsWith('kept', `export default { arms: [${arm}], figures: [${figure}] };`);
    const kinds = await recordedReportKinds(recorded(spec), 'plan.json');
    expect(kinds.notes).toBeUndefined();
    expect(kinds.arms?.map(({ id }) => id)).toContain('shuffled');
  });

  test('whose plug-in is gone is reported all the same, and the report says so', async () => {
    const lost = await kindsWith('lost', `export default { arms: [${arm}] };`);
    const kept = await kindsWith('left', `export default { figures: [${figure}] };`);
    const text = recorded(lost.spec).replace(']', `, ${kept.file}]`);
    rmSync(lost.file);
    await expect(parseRecordedExperiment(text, 'plan.json')).rejects.toThrow('there is no file');
    const report = buildReport(input({ trials: withArm, ...(await recordedReportKinds(text, 'plan.json')) }));
    expect(report.statements[0]).toMatchObject({
      tone: 'warning',
      text:
        `The plug-in ${lost.file} cannot be loaded: its kinds are not known here. ` +
        `Every task is judged by eval/pairwise_accuracy.`,
    });
    expect(report.markdown).toContain(lost.file);
    expect(report.arms).toContainEqual({ id: 'shuffled', label: 'shuffled', role: 'control' });
    expect(report.figures.map(({ name }) => name)).toContain('seeds');
  });

  test('whose plug-in names an unknown unit by now is reported all the same', async () => {
    const { file, spec } = await kindsWith('unit', `export default { metrics: [${metric}] };`);
    writeFileSync(file, `export default { metrics: [${metric.replace('share', 'points')}] };`);
    const { notes } = await recordedReportKinds(recorded(spec), 'plan.json');
    expect(notes?.[0]).toMatch(/unit\.mjs cannot be loaded/);
  });

  test('of a specification of another version: reported by what is registered, and told', async () => {
    const kinds = await recordedReportKinds('name: old\n', 'plan.json');
    expect(kinds.notes?.[0]).toMatch(/^This version does not read the recorded specification \(plan.json/);
    expect(kinds.tables).toEqual(tables);
  });
});

test('choices of every kind are in the table of choices', () => {
  const chosen = [0.003, true, null, 'cosine'] as const;
  const choices = { 'finetune.optimizer.learningRate': chosen[0], 'finetune.sharePrompts': chosen[1] };
  const some = trials.map((trial, index) => ({
    ...trial,
    choices:
      trial.arm === 'none' ? {} : { ...choices, 'finetune.schedule.kind': index % 2 === 0 ? chosen[2] : chosen[3] },
  }));
  const selection = buildReport(input({ trials: some })).tables.find(({ name }) => name === 'selection');
  const [learningRate, kind, share] = ['optimizer.learningRate', 'schedule.kind', 'sharePrompts'];
  expect(selection?.columns.slice(3)).toEqual([learningRate, kind, share].map((path) => `finetune.${path}`));
  expect(selection?.rows.find(([, , name]) => name === 'no pretraining')?.slice(3)).toEqual([
    '\u2013',
    '\u2013',
    '\u2013',
  ]);
  expect(selection?.rows.find(([, , name]) => name?.startsWith('PMP'))?.slice(3)).toEqual([
    '0.003',
    'null, cosine',
    'true',
  ]);
});
