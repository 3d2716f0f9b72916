/** The pilot of an experiment: which points of its sweep it has, under which names and seeds. */
import { describe, expect, it } from 'vitest';
import {
  expandSweep,
  pilotOf,
  type ExperimentSpec,
  type SweepPoint,
  type UserError,
} from '../../harness/spec/index.ts';
import { baseText, format, valid, withSweep } from './base-experiment.ts';

const arms = [
  'pretraining:',
  '  none: {pretrain.objective: {kind: none}}',
  '  lm: {pretrain.objective: {kind: lm}}',
  '  pmp-160: {}',
  '  pmp-320: {pretrain.budget: {pairs: 320}}',
].join('\n');
const claiming = (claim: string, more = '', rest = ''): ExperimentSpec =>
  valid(withSweep(`${arms}${more === '' ? '' : `\n${more}`}`, `${rest}report:\n  claim: ${claim}\n`));

const pointsOf = (spec: ExperimentSpec): readonly SweepPoint[] => {
  const { points, problems } = expandSweep(spec, format, { isRestricted: false });
  expect(problems).toEqual([]);
  return points;
};
const placesOf = (spec: ExperimentSpec): readonly string[] =>
  pointsOf(spec).map(({ axes: { arm, pretrainPairs, task, model, samples } }) =>
    [arm, pretrainPairs, task, model, samples].join(' '),
  );

describe('a pilot', () => {
  it('has both sides of the claim, at every model and sample size, on seeds of its own', () => {
    const spec = claiming('{treatment: pmp, reference: none}', 'finetune.samples: [16, 32]');
    const pilot = pilotOf(spec, format, 4);
    expect(placesOf(pilot.spec)).toEqual([
      'none 0 algebra small 16',
      'none 0 algebra small 32',
      'pmp 320 algebra small 16',
      'pmp 320 algebra small 32',
    ]);
    expect(pilot.spec).toMatchObject({
      name: 'base-noise',
      seeds: [1001, 1002, 1003, 1004],
      report: { claim: null },
      sweep: { exclude: [{ pretraining: ['lm', 'pmp-160'] }] },
    });
    expect(pilot).toMatchObject({ task: 'algebra', seedsOfClaim: [1, 2], claim: spec.report.claim });
  });

  it('has the variant of the claim, and asks nothing of where it must survive', () => {
    const training = 'training:\n  equal: {}\n  longer: {finetune.steps: 30}';
    const claim = '{treatment: pmp, reference: none, variant: {training: equal}, survives: {training: longer}}';
    const pilot = pilotOf(claiming(claim, training), format, 3);
    expect(new Set(pointsOf(pilot.spec).map(({ declared }) => declared['training']))).toEqual(new Set(['equal']));
    expect(pilot.claim).toMatchObject({ variant: { training: 'equal' }, survives: null });
  });

  it('keeps clear of every seed of the tuning', () => {
    const rest =
      'select: {by: [arm, pretrainPairs], at: {}, seed: [1001, 1003], over: {finetune.optimizer.learningRate: [1e-3, 3e-3]}}\n';
    const pilot = pilotOf(claiming('{treatment: pmp, reference: none, pretrainPairs: 160}', '', rest), format, 3);
    expect(pilot.spec.seeds).toEqual([1002, 1004, 1005]);
  });

  it('takes the budget of the claim, and the reference at the same one where it has it', () => {
    const more = 'finetune.samples: [16]';
    const at = (claim: string): readonly string[] => placesOf(pilotOf(claiming(claim, more), format, 3).spec);
    expect(at('{treatment: pmp, reference: lm-equal-pairs, pretrainPairs: 160}')).toEqual([
      'lm-equal-pairs 160 algebra small 16',
      'pmp 160 algebra small 16',
    ]);
    // Language modelling has no 320: its largest.
    expect(at('{treatment: pmp, reference: lm-equal-pairs}')).toEqual([
      'lm-equal-pairs 160 algebra small 16',
      'pmp 320 algebra small 16',
    ]);
  });

  it('skips the seeds of the experiment and of its choices', () => {
    const text = withSweep(
      arms,
      'select: {by: [arm], at: {pretrain.budget: {pairs: 160}}, seed: 1003, ' +
        'over: {finetune.optimizer.learningRate: [1e-3, 2e-3]}}\n' +
        'report: {claim: {treatment: pmp, reference: none}}\n',
    ).replace('seeds: [1, 2]', 'seeds: [1001, 7]');
    const { spec } = pilotOf(valid(text), format, 4);
    expect(spec.seeds).toEqual([1002, 1004, 1005, 1006]);
    const choicesOf = (one: ExperimentSpec): unknown[] => pointsOf(one).map(({ tuning }) => tuning?.candidates);
    expect(choicesOf(valid(text))).toEqual(expect.arrayContaining(choicesOf(spec)));
  });

  it('leaves its task the name that it has beside the other tasks', () => {
    const more = 'task.difficulty: [1, 2]\nmodel.hiddenSize: [32, 64]';
    const spec = claiming('{treatment: pmp, reference: none, task: algebra-difficulty-2}', more);
    const pilot = pilotOf(spec, format, 3);
    const ours = pointsOf(pilot.spec);
    expect(ours.map(({ axes: { model, task } }) => `${task} ${model}`)).toEqual([
      'algebra-difficulty-2 small-hidden-size-32',
      'algebra-difficulty-2 small-hidden-size-64',
      'algebra-difficulty-2 small-hidden-size-32',
      'algebra-difficulty-2 small-hidden-size-64',
    ]);
    const trialsOf = (points: readonly SweepPoint[]): unknown[] => points.map((point) => point.spec);
    expect(trialsOf(pointsOf(spec))).toEqual(expect.arrayContaining(trialsOf(ours)));
  });

  it('leaves out what the experiment leaves out, and sizes that have one side only', () => {
    const text = withSweep(
      `${arms}\nfinetune.samples: [16, 32, 64]`,
      [
        '  exclude:',
        '    - {arm: none, samples: 64}',
        '    - {samples: 32, seed: [1, 2]}',
        '    - {samples: 16, arm: pmp, seed: 2}',
        'report: {claim: {treatment: pmp, reference: none}}',
        '',
      ].join('\n'),
    );
    const pilot = pilotOf(valid(text), format, 3);
    expect(placesOf(pilot.spec)).toEqual(['none 0 algebra small 16', 'pmp 320 algebra small 16']);
    expect(pilot.seedsOfClaim).toEqual([1]);
  });
});

describe('no pilot', () => {
  const refusal = (spec: ExperimentSpec): string => {
    try {
      pilotOf(spec, format, 3);
    } catch (error) {
      const { message, hint, exitCode } = error as UserError;
      return `${message} | ${hint} | ${exitCode}`;
    }
    return 'a pilot';
  };

  it('of an experiment without a claim: how to write one', () => {
    expect(refusal(valid(baseText))).toMatch(/^base makes no claim: .* \| Write one .* The arms are pmp\. \| 2$/);
  });

  it('of a claim about what was left out on the command line', () => {
    const spec = claiming('{treatment: pmp, reference: none}');
    const restricted = { ...spec, sweep: { ...spec.sweep, exclude: [{ pretraining: 'none' }] } };
    expect(refusal(restricted)).toContain('report.claim.reference: expected an arm of the sweep: lm-equal-pairs, pmp');
  });

  it('where the two sides never meet', () => {
    const text = withSweep(
      `${arms}\nfinetune.samples: [16, 32]`,
      [
        '  exclude: [{arm: none, samples: 16}, {arm: pmp, samples: 32}]',
        'report: {claim: {treatment: pmp, reference: none}}',
        '',
      ].join('\n'),
    );
    expect(refusal(valid(text))).toContain('no model and sample size has both sides of the claim');
  });
});
