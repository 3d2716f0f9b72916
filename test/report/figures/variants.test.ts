/** Arms that vary in an axis of the sweep: panels of their own, and curves that begin where their arm begins. */
import { expect, test } from 'vitest';
import { arms } from '../../../harness/kinds/index.ts';
import type { TrialResult } from '../../../harness/record/index.ts';
import { buildReport, type Figure } from '../../../harness/report/index.ts';
import { input, sweep } from '../sweep-fixture.ts';

const { trials } = sweep({ models: ['qwen2-tiny'], samples: [128, 256] });
const trained = ['equal', 'longer'].flatMap((training) =>
  trials.map((trial) => ({ ...trial, trialId: `${training}-${trial.trialId}`, declared: { training } })),
);
const figure = (all: readonly TrialResult[], name: string): Figure => {
  const found = buildReport(input({ trials: all })).figures.find((one) => one.name.startsWith(name));
  if (found === undefined) throw new Error(`no figure ${name}`);
  return found;
};
interface Row {
  readonly series: string;
  readonly mark: string;
  readonly x: number;
  readonly y: number;
  readonly role: string;
}
const rowsOf = ({ spec }: Figure): readonly Row[] =>
  (spec['data'] as { values: Row[] } | undefined)?.values ??
  Object.values((spec['datasets'] ?? {}) as Record<string, Row[]>).flat();

test('each value of an axis that all arms share has its panel, and lines differ in their arm alone', () => {
  const { panels, legend } = figure(trained, 'rm-accuracy-by-samples');
  expect(panels.map(({ label }) => label)).toEqual(['qwen2-tiny, training = equal', 'qwen2-tiny, training = longer']);
  expect(legend[0]?.entries.map(({ label }) => label)).toEqual([
    'no pretraining',
    'LM only, equal pairs (12,288)',
    'LM only, equal tokens (12,288)',
    'PMP (3,072 pairs)',
    'PMP (12,288 pairs)',
  ]);
});

test('a curve over pairs begins with its own variant', () => {
  const better = trained.map((trial) =>
    trial.declared['training'] === 'longer' && trial.arm === 'none'
      ? { ...trial, metrics: { ...trial.metrics, 'eval/pairwise_accuracy': 0.9 } }
      : trial,
  );
  const rows = rowsOf(figure(better, 'rm-accuracy-by-pretraining-pairs'));
  const at = (training: string): readonly number[] =>
    rows.filter(({ series, x, role }) => series.endsWith(training) && x === 0 && role === 'mean').map(({ y }) => y);
  expect(at('longer').every((y) => y > 0.85 || y > 85)).toBe(true);
  expect(at('equal').every((y) => y < 0.7 || (y > 1 && y < 70))).toBe(true);
  expect(at('equal').length).toBeGreaterThan(0);
});

test('a curve begins with the base where there is one, and scratch stands beside it', () => {
  const [label, scratch] = ['base', 'none'].map((id) => arms.find((arm) => arm.id === id)?.label);
  const base = trials
    .filter(({ arm }) => arm === 'none')
    .map((trial) => ({ ...trial, trialId: `base-${trial.trialId}`, arm: 'base' }));
  const drawn = figure([...trials, ...base], 'rm-accuracy-by-pretraining-pairs');
  const marks = drawn.legend.flatMap(({ entries }) => entries.map((entry) => entry.label));
  expect(marks).toContain(`${label} and PMP`);
  expect(marks).toContain(scratch);
  expect(
    rowsOf(drawn)
      .filter(({ x }) => x === 0)
      .map(({ mark }) => mark),
  ).toContain(scratch);
});

test('one budget alone is no curve over pairs', () => {
  const ofOne = trained.filter(({ pretrainPairs }) => pretrainPairs === 12_288);
  const names = buildReport(input({ trials: ofOne })).figures.map(({ name }) => name);
  expect(names).not.toContain('rm-accuracy-by-pretraining-pairs');
  expect(names).toContain('rm-accuracy-by-samples');
});

test('panels of the effect stand by variant, then by the arm compared with, whichever sizes an arm has', () => {
  const uneven = trained.filter(({ arm, samples }) => arm !== 'none' || samples === 256);
  const names = figure(uneven, 'treatment-effect').panels.map(({ label }) => label);
  const references = ['LM only, equal pairs', 'LM only, equal tokens', 'no pretraining'];
  expect(names).toEqual(
    ['equal', 'longer'].flatMap((training) => references.map((arm) => `training = ${training}: against ${arm}`)),
  );
});
