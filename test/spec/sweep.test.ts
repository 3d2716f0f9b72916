import { describe, expect, it } from 'vitest';
import { expandSweep, forkSteps, type SweepPoint } from '../../harness/spec/index.ts';
import { baseText, edited, errorLines, format, valid, withSweep } from './base-experiment.ts';

function points(text: string): readonly SweepPoint[] {
  return expandSweep(valid(text), format).points;
}

const arms = `pretraining:
  scratch: {pretrain.objective: {kind: none}}
  lm: {pretrain.objective: {kind: lm}}
  tokens: {pretrain.objective: {kind: lm}, pretrain.budget: {tokensOfPairs: 160}}
  pmp: {}`;

describe('expandSweep', () => {
  it('gives the experiment itself where nothing is swept', () => {
    const [only, ...more] = points(baseText);
    expect([only?.declared, only?.spec.finetune.samples, more.length]).toEqual([{}, 32, 0]);
  });

  it('multiplies axes, the first slowest, with numbers as labels where they look like numbers', () => {
    const text = withSweep(
      'finetune.steps: [5, 6]\nsamples:\n  16: {finetune.samples: 16}\n  all: {finetune.samples: 64}',
    );
    expect(points(text).map(({ declared, spec }) => [declared, spec.finetune.steps, spec.finetune.samples])).toEqual([
      [{ 'finetune.steps': 5, samples: 16 }, 5, 16],
      [{ 'finetune.steps': 5, samples: 'all' }, 5, 64],
      [{ 'finetune.steps': 6, samples: 16 }, 6, 16],
      [{ 'finetune.steps': 6, samples: 'all' }, 6, 64],
    ]);
  });

  it('derives arm and budget from the resolved trial, and replaces a section of another kind whole', () => {
    expect(
      points(withSweep(arms)).map(({ axes, spec }) => [
        axes.arm,
        axes.pmpPairs,
        axes.pretrainPairs,
        spec.pretrain.objective,
      ]),
    ).toEqual([
      ['none', 0, 0, { kind: 'none' }],
      ['lm-equal-pairs', 0, 160, { kind: 'lm' }],
      ['lm-equal-tokens', 0, 160, { kind: 'lm' }],
      ['pmp', 160, 160, { kind: 'pmp', pairwiseWeight: 1, lmWeight: 1, rewardCentering: null, margin: null }],
    ]);
  });

  it('advances zipped axes together', () => {
    const text = withSweep(
      'finetune.steps: [5, 6]\nfinetune.samples: [16, 32]\nfinetune.pairsPerStep: [4, 8]',
      '  zip: [[finetune.steps, finetune.samples]]\n',
    );
    expect(points(text).map(({ declared }) => Object.values(declared))).toEqual([
      [5, 16, 4],
      [5, 16, 8],
      [6, 32, 4],
      [6, 32, 8],
    ]);
  });

  it('lets a later axis go deeper into the section of an earlier one', () => {
    const text = withSweep(
      'objective:\n  light: {pretrain.objective: {kind: pmp, lmWeight: ' +
        '0.5}}\npretrain.objective.pairwiseWeight: [1, 2]',
    );
    expect(points(text).map(({ spec }) => spec.pretrain.objective)).toEqual(
      [1, 2].map((pairwiseWeight) => ({
        kind: 'pmp',
        pairwiseWeight,
        lmWeight: 0.5,
        rewardCentering: null,
        margin: null,
      })),
    );
  });

  it('gives equal sections as the same object', () => {
    const [a, b] = points(withSweep('finetune.optimizer.learningRate: [1e-6, 0.000001]'));
    expect(a?.spec.finetune).toBe(b?.spec.finetune);
  });

  it('leaves points out by declared and by canonical axes, and lists them with the rule', () => {
    const { points: kept, excluded } = expandSweep(
      valid(
        withSweep(
          `${arms}\nfinetune.samples: [16, 32]`,
          '  exclude:\n    - {arm: [none, pmp], samples: 16}\n    - {pretraining: lm, seed: 2}\n',
        ),
      ),
      format,
    );
    expect(kept.map(({ declared }) => Object.values(declared).join(' '))).toEqual([
      'scratch 32',
      'lm 16',
      'lm 32',
      'tokens 16',
      'tokens 32',
      'pmp 32',
    ]);
    expect(kept.map(({ excludedSeeds }) => [...excludedSeeds])).toEqual([[], [2], [2], [], [], []]);
    expect(excluded).toEqual([
      {
        axes: { pretraining: 'scratch', 'finetune.samples': 16 },
        rule: 'exclude[0]: arm = none or pmp, samples = 16',
      },
      { axes: { pretraining: 'lm', 'finetune.samples': 16, seed: 2 }, rule: 'exclude[1]: pretraining = lm, seed = 2' },
      { axes: { pretraining: 'lm', 'finetune.samples': 32, seed: 2 }, rule: 'exclude[1]: pretraining = lm, seed = 2' },
      { axes: { pretraining: 'pmp', 'finetune.samples': 16 }, rule: 'exclude[0]: arm = none or pmp, samples = 16' },
    ]);
  });

  it('does not hold points that are left out against the rules', () => {
    expect(points(withSweep('finetune.samples: [32, 999]', '  exclude: [{samples: 999}]\n')).length).toBe(1);
  });

  it('allows exclude values that an override took away', () => {
    const text = withSweep('finetune.samples: [16, 32]', '  exclude: [{finetune.samples: 16}]\n');
    expect(expandSweep(valid(text, ['finetune.samples=32,64']), format).points.length).toBe(2);
  });
});

describe('refusals of a sweep', () => {
  const errorsOf = (axes: string, rest = ''): readonly string[] => errorLines(withSweep(axes, rest));

  it.each([
    [
      'an unknown path',
      'finetune.smaples: [1]',
      '',
      [
        'x.yaml:37:5: sweep.axes: expected one of finetune.objective, finetune.samples, finetune.steps, ' +
          'finetune.pairsPerStep, finetune.pairsPerMicroBatch, finetune.sharePrompts, finetune.trainable, ' +
          'finetune.stopping, finetune.optimizer, finetune.schedule, found finetune.smaples; did you mean finetune.samples?',
      ],
    ],
    [
      'an unknown path in a case',
      'a:\n  b: {learningRate: 1}',
      '',
      [
        'x.yaml:38:11: sweep.axes.a.b: expected a path that begins with start, corpus, descriptions, tokenizer, ' +
          'pairs, model, overLength, numerics, pretrain, task, finetune, evaluate, found learningRate; ' +
          'did you mean pretrain.optimizer.learningRate or finetune.optimizer.learningRate?',
      ],
    ],
    [
      'a list under a name',
      'samples: [1, 2]',
      '',
      [
        'x.yaml:37:5: sweep.axes: expected an axis over a list to be named by a path that begins with start, ' +
          'corpus, descriptions, tokenizer, pairs, model, overLength, numerics, pretrain, task, finetune, evaluate, found ' +
          'samples; did you mean finetune.samples?',
      ],
    ],
    [
      'what bears no identity',
      'execution.workers: [1, 2]',
      '',
      [
        'x.yaml:37:5: sweep.axes: expected an axis over a list to be named by a path that begins with start, ' +
          'corpus, descriptions, tokenizer, pairs, model, overLength, numerics, pretrain, task, finetune, evaluate, found ' +
          'execution.workers',
      ],
    ],
    [
      'a path below a value',
      'finetune.steps.x: [1]',
      '',
      ['x.yaml:37:5: sweep.axes: expected nothing below finetune.steps, which has no keys, found finetune.steps.x'],
    ],
    [
      'an empty axis',
      'finetune.steps: []',
      '',
      ['x.yaml:37:21: sweep.axes.finetune.steps: expected a list of at least 1 entry, found an empty list'],
    ],
    ['no cases', 'a: {}', '', ['x.yaml:37:5: sweep.axes.a: expected at least one case, found an empty map']],
    [
      'a value for an axis',
      'finetune.steps: 5',
      '',
      ['x.yaml:37:21: sweep.axes.finetune.steps: expected a list or a map of keys, found 5'],
    ],
    [
      'an axis over an earlier one',
      'model.layers: [1, 2]\na:\n  b: {model: {name: x}}',
      '',
      [
        'x.yaml:39:11: sweep.axes.a: expected a path that no earlier axis sets, found model, ' +
          'which the axis model.layers sets; each trial would have the later value only',
      ],
    ],
    [
      'a wrong type',
      'finetune.steps: [5, many]',
      '',
      ['x.yaml:37:25: finetune.steps: expected a number, found "many" (text) (at finetune.steps=many)'],
    ],
    [
      'a section that is not whole',
      'finetune.schedule:\n  - {kind: cosine}',
      '',
      [
        'x.yaml:38:9: finetune.schedule.warmup: expected exactly one of {steps: ...}, {fraction: ' +
          '...}, found nothing (the key is missing) (at finetune.schedule=cosine); ' +
          'an axis replaces finetune.schedule whole: write all its keys',
      ],
    ],
    [
      'a field of another kind',
      'pretrain.objective.pairwiseWeight: [2]\nk:\n  lm: {pretrain.budget.tokensOfPairs: 160}',
      '',
      [
        'x.yaml:39:43: pretrain.budget: expected exactly one of {pairs: ...}, {tokensOfPairs: ' +
          '...}, found a map of pairs, tokensOfPairs (at k=lm)',
      ],
    ],
    [
      'a rule broken by one value',
      'finetune.samples: [32, 128]',
      '',
      [
        'x.yaml:37:28: finetune.samples: expected at most a quarter of task.trainPairs (256) of algebra, so that ' +
          'each seed draws other pairs; 128 samples need 512 pairs, found 128 (at finetune.samples=128)',
      ],
    ],
    [
      'a rule broken by two axes together',
      'finetune.samples: [32, 64]\nfinetune.pairsPerStep: [16, 48]',
      '',
      [
        'x.yaml:38:33: finetune.pairsPerStep: expected at most finetune.samples (32): ' +
          'a pair is not to be twice in one step, found 48 (at finetune.samples=32, finetune.pairsPerStep=48)',
      ],
    ],
    [
      'two models of one name',
      'size:\n  one: {model.layers: 1}\n  two: {model.layers: 2}',
      '',
      [
        'x.yaml:39:27: model.name: expected a name of its own for each model, found small for two that differ; ' +
          'set model.name in each case that changes the model',
      ],
    ],
    [
      'an unknown axis in zip',
      'finetune.steps: [5, 6]',
      '  zip: [[finetune.steps, finetune.step]]\n',
      [
        'x.yaml:38:26: sweep.zip[0][1]: expected one of the axes finetune.steps, found "finetune.step" (text); ' +
          'did you mean finetune.steps?',
      ],
    ],
    [
      'zipped axes of unequal length',
      'finetune.steps: [5, 6]\nfinetune.samples: [16, 32, 64]',
      '  zip: [[finetune.steps, finetune.samples]]\n',
      ['x.yaml:39:9: sweep.zip[0]: expected axes of equal length, found finetune.steps has 2, finetune.samples has 3'],
    ],
    [
      'an axis zipped twice',
      'finetune.steps: [5]\nfinetune.samples: [16]',
      '  zip: [[finetune.steps, finetune.samples], [finetune.steps, finetune.samples]]\n',
      [
        'x.yaml:39:46: sweep.zip[1][0]: expected each axis in one zip group, once, found finetune.steps again',
        'x.yaml:39:62: sweep.zip[1][1]: expected each axis in one zip group, once, found finetune.samples again',
      ],
    ],
    [
      'an unknown axis in exclude',
      'finetune.steps: [5, 6]',
      '  exclude: [{taks: algebra}]\n',
      [
        'x.yaml:38:14: sweep.exclude[0].taks: expected one of the axes finetune.steps, model, arm, pmpPairs, ' +
          'pretrainPairs, task, samples, seed, found taks; did you mean task?',
      ],
    ],
    [
      'an unknown value in exclude',
      'finetune.steps: [5, 6]',
      '  exclude: [{task: algebar, seed: 1}]\n',
      [
        'x.yaml:38:20: sweep.exclude[0].task: expected a value that task takes: algebra, found algebar; ' +
          'did you mean algebra?',
      ],
    ],
    [
      'an empty exclude',
      'finetune.steps: [5, 6]',
      '  exclude: [{}]\n',
      [
        'x.yaml:38:13: sweep.exclude[0]: expected at least one axis, found an empty map, ' +
          'which would leave out everything',
      ],
    ],
    [
      'everything left out',
      'finetune.steps: [5, 6]',
      '  exclude: [{task: algebra}]\n',
      ['x.yaml:38:3: sweep.exclude: expected at least one trial to remain, found all 2 points left out'],
    ],
    [
      'too many trials',
      `finetune.steps: [${Array.from({ length: 300 }, (_, i) => i + 5)}]\npretrain.pairsPerStep: ` +
        `[${Array.from({ length: 200 }, (_, i) => i + 1)}]`,
      '',
      ['x.yaml:36:3: sweep.axes: expected at most 100000 trials, found 120000'],
    ],
  ] as const)('%s', (_, axes, rest, errors) => {
    expect(errorsOf(axes, rest)).toEqual(errors);
  });

  it('checks the axes of an experiment that has other errors too', () => {
    expect(
      errorLines(withSweep('finetune.smaples: [1]\nfoo: 3').replace('family: qwen2', 'family: q')).map(
        (line) => line.split(': ')[1],
      ),
    ).toEqual(['model.family', 'sweep.axes', 'sweep.axes.foo']);
  });
});

describe('select', () => {
  const select = (text: string): string =>
    `select:\n  by: [model, arm, task]\n  at: {pretrain.budget: {pairs: 320}, finetune.samples: 32}\n  seed: ` +
    `9\n  over: {finetune.optimizer.learningRate: [1e-4, 1e-3], finetune.objective.lmWeight: [0, 1]}\n${text}`;
  const swept = (change: (text: string) => string = (text) => text): string =>
    withSweep(`${arms}\n  more: {pretrain.budget: {pairs: 480}}\nfinetune.samples: [16, 32]`, change(select('')));

  it('tunes once for each value of `by`: every combination, the last path fastest', () => {
    const all = points(swept());
    const tunings = [...new Set(all.map(({ tuning }) => tuning))];
    expect(all.length).toBe(10);
    expect(tunings.length).toBe(4); // four arms; both budgets of pmp share theirs
    expect(tunings[0]?.candidates.map(({ values }) => Object.values(values))).toEqual([
      [1e-4, 0],
      [1e-4, 1],
      [1e-3, 0],
      [1e-3, 1],
    ]);
    expect(tunings.every((tuning) => tuning?.seeds.join() === '9')).toBe(true);
  });

  it('tunes each budget and each value of an axis by itself where `by` names them', () => {
    const by = (axes: string): string =>
      swept((text) =>
        text.replace('by: [model, arm, task]', `by: ${axes}`).replace('pretrain.budget: {pairs: 320}, ', ''),
      );
    const budgets = points(by('[model, arm, task, pretrainPairs]'));
    expect(new Set(budgets.map(({ tuning }) => tuning)).size).toBe(5);
    for (const { spec, tuning } of budgets)
      expect(tuning?.candidates[0]?.spec.pretrain.budget).toEqual(spec.pretrain.budget);
    expect(new Set(points(by('[pretraining]')).map(({ tuning }) => tuning)).size).toBe(5);
  });

  it('takes several seeds', () => {
    const seeds = points(swept((text) => text.replace('seed: 9', 'seed: [101, 102]')));
    expect(seeds[0]?.tuning?.seeds).toEqual([101, 102]);
  });

  it('tunes at the number of `at` in the unit of the trial, and at its samples', () => {
    const tuned = points(swept()).map(({ declared, tuning }) => [
      declared['pretraining'],
      tuning?.candidates[3]?.spec.pretrain.budget,
      tuning?.candidates[3]?.spec.finetune.samples,
    ]);
    expect(tuned.filter((_, index) => index % 2 === 0)).toEqual([
      ['scratch', { pairs: 160 }, 32],
      ['lm', { pairs: 320 }, 32],
      ['tokens', { tokensOfPairs: 320 }, 32],
      ['pmp', { pairs: 320 }, 32],
      ['more', { pairs: 320 }, 32],
    ]);
  });

  it('writes each combination into its candidate and the first into the trials, as a placeholder', () => {
    const [first] = points(swept());
    expect(
      first?.tuning?.candidates.map(({ spec }) => [
        spec.finetune.optimizer.learningRate,
        spec.finetune.objective.lmWeight,
      ]),
    ).toEqual([
      [1e-4, 0],
      [1e-4, 1],
      [1e-3, 0],
      [1e-3, 1],
    ]);
    expect([
      first?.spec.finetune.optimizer.learningRate,
      first?.spec.finetune.objective.lmWeight,
      first?.spec.finetune.samples,
    ]).toEqual([1e-4, 0, 16]);
  });

  it.each([
    [
      'an unknown path in `over`',
      (text: string) => text.replace('finetune.objective.lmWeight', 'finetune.objective.lmWieght'),
      'select.over: expected one of finetune.objective.pairwiseWeight, finetune.objective.lmWeight, ' +
        'finetune.objective.rewardCentering, finetune.objective.margin, found finetune.objective.lmWieght; ' +
        'did you mean finetune.objective.lmWeight?',
    ],
    [
      'an unknown path in `at`',
      (text: string) => text.replace('finetune.samples', 'finetune.sample'),
      'select.at: expected one of finetune.objective, finetune.samples, finetune.steps, finetune.pairsPerStep, ' +
        'finetune.pairsPerMicroBatch, finetune.sharePrompts, finetune.trainable, finetune.stopping, ' +
        'finetune.optimizer, finetune.schedule, found finetune.sample; did you mean finetune.samples?',
    ],
    [
      'a seed twice',
      (text: string) => text.replace('seed: 9', 'seed: [7, 7]'),
      'select.seed: expected each seed once, found 7 again',
    ],
    [
      'a choice by an axis that is not there',
      (text: string) => text.replace('by: [model, arm, task]', 'by: [model, arm, tusk]'),
      'select.by: expected one of model, arm, task, pretrainPairs, pretraining, finetune.samples, found tusk; ' +
        'did you mean task?',
    ],
    [
      'tuning of pretraining',
      (text: string) => text.replace('finetune.objective.lmWeight', 'pretrain.optimizer.learningRate'),
      'select.over: expected paths of finetune (but its samples): ' +
        'only finetuning is tuned, found pretrain.optimizer.learningRate',
    ],
    [
      'a path that an axis sets',
      (text: string) => text.replace('finetune.objective.lmWeight: [0, 1]', 'finetune.samples: [1]'),
      'select.over: expected paths of finetune (but its samples): only finetuning is tuned, found finetune.samples',
    ],
    [
      'a value of the wrong type',
      (text: string) => text.replace('[0, 1]', '[0, high]'),
      'finetune.objective.lmWeight: expected a number, found "high" (text)',
    ],
    [
      'an `at` that breaks a rule',
      (text: string) => text.replace('finetune.samples: 32', 'finetune.samples: 100'),
      'finetune.samples: expected at most a quarter of task.trainPairs (256) of algebra, so that each seed ' +
        'draws other pairs; 100 samples need 400 pairs, found 100',
    ],
    [
      'an `at` that changes the arm',
      (text: string) => text.replace('at: {', 'at: {pretrain.objective: {kind: lm}, '),
      'select.at: expected to leave the arm as it is (pmp), found pretrain.objective, which makes it lm-equal-pairs',
    ],
    [
      'an `at` that leaves trials apart',
      (text: string) => text.replace(', finetune.samples: 32', ''),
      'select.at: expected to fix one point for all trials that share a choice, found trials of (small, none, ' +
        'algebra) whose finetune.samples is 16 or 32; set that path in select.at, or add its axis to select.by',
    ],
    [
      '`by` twice',
      (text: string) => text.replace('[model, arm, task]', '[arm, arm]'),
      'select.by: expected each axis once, found arm again',
    ],
    [
      'nothing to choose',
      (text: string) => text.replace(/over: .*/, 'over: {}'),
      'select.over: expected at least one path to choose, found an empty map',
    ],
  ] as const)('refuses %s', (_, change, line) => {
    expect(errorLines(swept(change)).map((one) => one.replace(/^x\.yaml:\d+:\d+: /, ''))).toContain(line);
  });

  it('refuses to choose what an axis sweeps', () => {
    expect(errorLines(withSweep('finetune.objective.lmWeight: [0, 1]', select('')))).toEqual([
      'x.yaml:42:57: select.over: expected paths that no axis sets, found finetune.objective.lmWeight, ' +
        'which an axis sets (finetune.objective.lmWeight); either sweep it or let it be chosen',
    ]);
  });

  it('ignores differences in pretraining for the scratch arm', () => {
    const text =
      `${edited(['kind: pmp', 'kind: none'])}sweep:\n  axes:\n    pretrain.budget: [{pairs: 160}, {pairs: ` +
      `320}]\n${select('').replace('pretrain.budget: {pairs: 320}, ', '')}`;
    expect(new Set(points(text).map(({ tuning }) => tuning)).size).toBe(1);
  });
});

describe('forkSteps', () => {
  const wsd = (decayFraction: number): Parameters<typeof forkSteps>[1] => ({
    kind: 'wsd',
    warmup: { steps: 2 },
    decayFraction,
    decayShape: null,
  });

  it.each([
    [1024, 0.2, 819], // decay round(204.8) = 205
    [32, 0.2, 26], // round(6.4) = 6
    [10, 0.25, 7], // round(2.5) = 3
    [10, 0.01, 9], // never less than one step
  ])('of %i steps with decay fraction %f leaves the trunk at step %i', (steps, fraction, decayStart) => {
    expect(forkSteps(steps, wsd(fraction))).toEqual({ decayStart, total: steps });
  });

  it('has no fork for cosine', () => {
    expect(forkSteps(10, { kind: 'cosine', warmup: { steps: 1 } })).toEqual({ decayStart: 10, total: 10 });
  });
});
