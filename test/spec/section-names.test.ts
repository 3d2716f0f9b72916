import { describe, expect, it } from 'vitest';
import { expandSweep } from '../../harness/spec/index.ts';
import { baseText, errorLines, valid, withSweep, format } from './base-experiment.ts';

/** Model and task name of each point. */
function names(text: string, overrides: readonly string[] = []): readonly string[] {
  return expandSweep(valid(text, overrides), format).points.map(({ spec }) => `${spec.model.name} ${spec.task.name}`);
}

describe('names of models and tasks that an axis makes', () => {
  it.each([
    ['model.hiddenSize: [32, 64]', ['small-hidden-size-32 algebra', 'small-hidden-size-64 algebra']],
    ['model.rewardPooling: [mean, last]', ['small-reward-pooling-mean algebra', 'small-reward-pooling-last algebra']],
    ['model.responseEnd: [null, none]', ['small-response-end-null algebra', 'small-response-end-none algebra']],
    ['task.difficulty: [1, 2]', ['small algebra-difficulty-1', 'small algebra-difficulty-2']],
    [
      'model.initStandardDeviation: [0.02, 1e-8]',
      ['small-init-standard-deviation-0-02 algebra', 'small-init-standard-deviation-1e-8 algebra'],
    ],
    [
      'model.constants: [null, {ropeTheta: 1000}]',
      ['small-constants-null algebra', 'small-constants-rope-theta-1000 algebra'],
    ],
    [
      'model.layers: [1, 2]\nmodel.tieEmbeddings: [true, false]',
      [
        'small-layers-1-tie-embeddings-true algebra',
        'small-layers-1-tie-embeddings-false algebra',
        'small-layers-2-tie-embeddings-true algebra',
        'small-layers-2-tie-embeddings-false algebra',
      ],
    ],
  ])('%s', (axes, expected) => {
    expect(names(withSweep(axes))).toEqual(expected);
  });

  it('come from an override too', () => {
    expect(names(baseText, ['model.hiddenSize=32,64'])).toEqual([
      'small-hidden-size-32 algebra',
      'small-hidden-size-64 algebra',
    ]);
  });

  it('extend the name of each case of another axis', () => {
    const cases = 'size:\n  a: {model.name: a}\n  b: {model.name: b, model.layers: 2}';
    expect(names(withSweep(`${cases}\nmodel.hiddenSize: [32, 64]`))).toEqual([
      'a-hidden-size-32 algebra',
      'a-hidden-size-64 algebra',
      'b-hidden-size-32 algebra',
      'b-hidden-size-64 algebra',
    ]);
  });

  it('are canonical axes: exclude and select know them', () => {
    const text = withSweep(
      'model.hiddenSize: [32, 64]\nfinetune.samples: [16, 32]',
      '  exclude: [{model: small-hidden-size-64, samples: 16}]\nselect: {by: [model], at: {finetune.samples: ' +
        '32}, seed: 1, over: {finetune.steps: [5, 6]}}\n',
    );
    const { points } = expandSweep(valid(text), format);
    expect(points.map(({ axes }) => `${axes.model} ${axes.samples}`)).toEqual([
      'small-hidden-size-32 16',
      'small-hidden-size-32 32',
      'small-hidden-size-64 32',
    ]);
    expect(points.map(({ tuning }) => tuning?.candidates.map(({ spec }) => spec.model.name))).toEqual([
      ['small-hidden-size-32', 'small-hidden-size-32'],
      ['small-hidden-size-32', 'small-hidden-size-32'],
      ['small-hidden-size-64', 'small-hidden-size-64'],
    ]);
  });

  it('change nothing where names are unique already', () => {
    expect(names(withSweep('model.hiddenSize: [64]'))).toEqual(['small algebra']);
    expect(names(withSweep('finetune.steps: [5, 6]'))).toEqual(['small algebra', 'small algebra']);
    const zipped = withSweep('model.name: [a, b]\nmodel.layers: [1, 2]', '  zip: [[model.name, model.layers]]\n');
    expect(names(zipped)).toEqual(['a algebra', 'b algebra']);
    const excluded = withSweep('model.hiddenSize: [32, 64]', '  exclude: [{model.hiddenSize: 64}]\n');
    expect(names(excluded)).toEqual(['small algebra']);
  });
});

describe('names that are refused', () => {
  const conflict = (section: string, name: string): string =>
    `${section}.name: expected a name of its own for each ${section}, found ${name} for two that differ; ` +
    `set ${section}.name in each case that changes the ${section}`;

  it('two models by hand', () => {
    expect(errorLines(withSweep('a:\n  x: {model.layers: 1}\n  y: {model.layers: 2}'))).toEqual([
      `x.yaml:39:25: ${conflict('model', 'small')}`,
    ]);
  });

  it('two tasks by hand', () => {
    const task = '{kind: generated, name: t, family: algebra, difficulty:';
    expect(errorLines(withSweep(`task:\n  - ${task} 1}\n  - ${task} 2}`))).toEqual([
      `x.yaml:39:9: ${conflict('task', 't')}`,
    ]);
  });

  it('still tells which value of the axis is wrong', () => {
    expect(errorLines(withSweep('model.hiddenSize: [32, 33, many]'))).toEqual([
      'x.yaml:37:28: model.heads: expected a divisor of hiddenSize (33), found 2 (at model.hiddenSize=33)',
      'x.yaml:37:32: model.hiddenSize: expected a number, found "many" (text) (at model.hiddenSize=many)',
    ]);
  });
});
