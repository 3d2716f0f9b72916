import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { arms, palette, type Arm } from '../../harness/kinds/index.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport, renderFiles, type Comparison, type Report } from '../../harness/report/index.ts';
import { input, sweep } from './sweep-fixture.ts';

const contrastive: Arm = {
  id: 'contrastive',
  formerIds: [],
  label: 'contrastive',
  order: 40,
  role: 'treatment',
  style: { color: palette.green, shape: 'triangle-down', dash: [1, 0], smaller: null },
  matches: ({ objective }) => objective.kind === 'contrastive',
};
const shuffled: Arm = {
  id: 'shuffled-pairs',
  formerIds: [],
  label: 'shuffled pairs',
  order: 25,
  role: 'control',
  style: { color: palette.purple, shape: 'cross', dash: [4, 2], smaller: null },
  matches: ({ objective }) => objective.kind === 'shuffled',
};

const small = sweep({ samples: [128, 512], budgets: [2048, 8192] }).trials;

/** The trials of an arm again, under another name and with other accuracies. */
function copied(from: string, to: string, gain: number): readonly TrialResult[] {
  return small
    .filter((trial) => trial.arm === from)
    .map((trial) => ({
      ...trial,
      trialId: `${to}-${trial.trialId}`,
      arm: to,
      metrics: {
        ...trial.metrics,
        'eval/pairwise_accuracy': (trial.metrics['eval/pairwise_accuracy'] as number) + gain,
      },
    }));
}

const sixArms = [...small, ...copied('pmp', 'contrastive', 0.02), ...copied('lm-equal-pairs', 'shuffled-pairs', 0)];
const withSixArms = (): Report => buildReport(input({ trials: sixArms, arms: [...arms, contrastive, shuffled] }));

const against = (comparisons: readonly Comparison[], treatment: string): readonly string[] =>
  comparisons
    .filter(({ scope, treatment: { arm } }) => scope === 'overall' && arm.id === treatment)
    .map(({ reference }) => reference.arm.id)
    .toSorted();

test('the report names no arm', () => {
  const root = path.resolve(import.meta.dirname, '../../harness/report');
  const names = arms.flatMap(({ id, formerIds, label }) => [`'${id}'`, ...formerIds, label]);
  // `none` is also the name of other things, and "no pretraining" is plain English.
  const words = names.filter((name) => name !== "'none'" && name !== 'no pretraining');
  expect(words).toContain('PMP');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    // A comment may give an example.
    const code = readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const word of words) expect(code.includes(word), `${file}: ${word}`).toBe(false);
    expect(code, file).not.toMatch(/\barm(\.id)? [!=]== '/);
  }
});

test('a new treatment is compared with every control and null arm, and with no other treatment', () => {
  const { comparisons } = withSixArms();
  const others = ['lm-equal-pairs', 'lm-equal-tokens', 'none', 'shuffled-pairs'];
  expect(against(comparisons, 'contrastive')).toEqual(others);
  expect(against(comparisons, 'pmp')).toEqual(others);
  expect(against(comparisons, 'shuffled-pairs')).toEqual([]);
});

test('new arms stand in tables at their place, under their label', () => {
  const rows = withSixArms().tables.find(({ name }) => name === 'accuracy-lookup-qwen2-tiny')?.rows ?? [];
  expect(rows.map(([label]) => label)).toEqual([
    'no pretraining',
    'LM only, equal pairs (8,192)',
    'LM only, equal tokens (8,192)',
    'shuffled pairs (8,192)',
    'PMP (2,048 pairs)',
    'PMP (8,192 pairs)',
    'contrastive (2,048 pairs)',
    'contrastive (8,192 pairs)',
  ]);
});

test('new arms are drawn in their style: a treatment on a curve of its own, a control beside the curves', () => {
  const { figures } = withSixArms();
  const entries = (name: string, title: string) =>
    figures.find((figure) => figure.name === name)?.legend.find((legend) => legend.title === title)?.entries ?? [];
  expect(entries('rm-accuracy-by-samples', 'arm')).toContainEqual({
    label: 'contrastive (8,192 pairs)',
    color: palette.green,
    shape: 'triangle-down',
    dash: [1, 0],
  });
  expect(entries('rm-accuracy-by-pretraining-pairs', 'model').map(({ label }) => label)).toEqual([
    'qwen2-tiny, PMP',
    'qwen2-tiny, contrastive',
    'qwen2-tiny',
    'qwen2-small, PMP',
    'qwen2-small, contrastive',
    'qwen2-small',
  ]);
  expect(entries('rm-accuracy-by-pretraining-pairs', 'arm').map(({ label }) => label)).toEqual([
    'no pretraining, PMP and contrastive',
    'LM only, equal pairs',
    'LM only, equal tokens',
    'shuffled pairs',
  ]);
  const effect = figures.find(({ name }) => name === 'treatment-effect');
  expect(effect?.panels.map(({ label }) => label)).toContain('contrastive: against shuffled pairs');
  expect(effect?.title).toBe('What PMP and contrastive change on lookup: paired differences in pairwise accuracy');
});

test('new arms reach every file, and all figures compile', async () => {
  const files = await renderFiles(withSixArms());
  for (const name of ['index.html', 'results.md']) {
    expect(String(files.get(name))).toContain('contrastive (8,192 pairs) against shuffled pairs (8,192) on lookup');
  }
  expect(String(files.get('results.csv'))).toContain('accuracy,lookup,qwen2-tiny,contrastive,,8192,512,');
  expect(JSON.parse(String(files.get('report.json')))).toMatchObject({
    arms: expect.arrayContaining([{ id: 'shuffled-pairs', label: 'shuffled pairs', role: 'control' }]),
  });
});

test('an arm that is not registered is drawn in a neutral style, compared as a control, and noted', () => {
  const report = buildReport(input({ trials: [...small, ...copied('lm-equal-pairs', 'from-a-plug-in', 0)] }));
  expect(report.statements[0]).toMatchObject({
    tone: 'warning',
    text:
      '1 arm of the records is not registered: from-a-plug-in. A plug-in may not be loaded. ' +
      'It is drawn in a neutral style and compared as a control.',
  });
  expect(against(report.comparisons, 'pmp')).toContain('from-a-plug-in');
  const figure = report.figures.find(({ name }) => name === 'rm-accuracy-by-samples');
  expect(figure?.legend[0]?.entries.find(({ label }) => label.startsWith('from-a-plug-in'))?.color).toBe(palette.muted);
  expect(report.numbers.filter(({ arm, table }) => arm === 'from-a-plug-in' && table === 'accuracy')).toHaveLength(4);
});

test('what an earlier version recorded under another id is the same arm', () => {
  const renamed = small.map((trial) => (trial.arm === 'none' ? { ...trial, arm: 'scratch' } : trial));
  const [now, before] = [small, renamed].map((trials) => buildReport(input({ trials })));
  expect(before?.numbers).toEqual(now?.numbers);
  expect(before?.markdown).toBe(now?.markdown);
  expect(before?.arms[0]).toEqual({ id: 'none', label: 'no pretraining', role: 'null' });
});

test('without a treatment, and without anything to compare it with, the report says so', () => {
  const texts = (keep: (arm: string) => boolean): readonly string[] =>
    buildReport(input({ trials: small.filter(({ arm }) => keep(arm)) })).statements.map(({ text }) => text);
  expect(texts((arm) => arm !== 'pmp')).toContain('The sweep has no treatment arm, so no effect can be reported.');
  expect(texts((arm) => arm === 'pmp')).toContain('The sweep has no arm to compare PMP with.');
});
