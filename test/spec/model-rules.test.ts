import { describe, expect, it } from 'vitest';
import { familyNames } from '../../harness/families/index.ts';
import { edited, errorLines, valid } from './base-experiment.ts';

/** The base model (hiddenSize 32, heads 2, keyValueHeads 1) as another family, with further lines. */
const model = (family: string, ...lines: string[]): string => {
  const heads = family === 'gpt2' || family === 'gpt-neox' ? 'keyValueHeads: 2' : 'keyValueHeads: 1';
  return edited(['family: qwen2', `family: ${family}`], ['keyValueHeads: 1', [heads, ...lines].join('\n  ')]);
};

describe('rules about models', () => {
  it.each(familyNames)('takes %s as it is, with all overrides off', (family) => {
    expect(valid(model(family)).model).toMatchObject({ family, headSize: null, tieEmbeddings: null, constants: null });
  });

  it('takes the constants that a family has', () => {
    const scaling =
      '{kind: llama3, factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 64}';
    expect(
      valid(
        model(
          'llama',
          'tieEmbeddings: false',
          `constants: {ropeTheta: 1e4, normEpsilon: 1e-6, ropeScaling: ${scaling}}`,
        ),
      ).model.constants,
    ).toMatchObject({ ropeTheta: 10_000, mlpBias: null });
    expect(
      valid(model('gemma2', 'headSize: 8', 'constants: {attentionSoftCap: none, slidingWindow: 64}')).model.constants
        ?.attentionSoftCap,
    ).toBe('none');
    expect(
      valid(model('gpt-neox', 'constants: {rotaryFraction: 0.5, parallelResidual: false}')).model.constants
        ?.parallelResidual,
    ).toBe(false);
  });

  it.each([
    [
      'a constant of another family',
      model('gpt2', 'constants: {ropeTheta: 1e4}'),
      'model.constants.ropeTheta: expected null (the constants of gpt2 are normEpsilon, activation), found 10000',
    ],
    [
      'a soft cap in llama',
      model('llama', 'constants: {logitSoftCap: 30}'),
      'model.constants.logitSoftCap: expected null (the constants of llama are normEpsilon, activation, ' +
        'ropeTheta, ropeScaling, attentionBias, mlpBias), found 30',
    ],
    [
      'heads of their own size in gpt-neox',
      model('gpt-neox', 'headSize: 8'),
      'model.headSize: expected null (gpt-neox has heads of hiddenSize / heads), found 8',
    ],
    [
      'grouped queries in gpt-neox',
      edited(['qwen2', 'gpt-neox']),
      'model.keyValueHeads: expected 2, as many as heads (gpt-neox has no grouped-query attention), found 1',
    ],
    [
      'an odd head',
      model('llama', 'headSize: 7'),
      'model.headSize: expected an even head size (hiddenSize / heads) for rotary positions, found 7',
    ],
    // heads of 32 / 2 = 16, of which floor(16 x 0.2) = 3 values would be rotated
    [
      'an odd rotated part',
      model('gpt-neox', 'constants: {rotaryFraction: 0.2}'),
      'model.heads: expected a head size of which 0.2 is an even number of values, for rotary positions, ' +
        'found 32 / 2 = 16, of which 3 would be rotated',
    ],
    [
      'a window in a layer that is not there',
      model('gemma2', 'constants: {slidingWindow: 63, windowedLayers: [0, 9]}'),
      'model.constants.windowedLayers: expected layers from 0 to 0, found 9',
    ],
    [
      'windowed layers of a family that has a window in all or none',
      model('mistral', 'constants: {windowedLayers: [1]}'),
      'model.constants.windowedLayers: expected null (the constants of mistral are normEpsilon, activation, ropeTheta, ' +
        'ropeScaling, slidingWindow), found [1]',
    ],
    [
      'a model without any positions',
      model('smollm3', 'constants: {unrotatedLayers: [0]}'),
      'model.constants.unrotatedLayers: expected at least one layer with rotary positions, found all 1',
    ],
    [
      'frequency bands the wrong way round',
      model(
        'llama',
        'constants: {ropeScaling: {kind: llama3, factor: 8, lowFrequencyFactor: 4, highFrequencyFactor: ' +
          '4, originalContextLength: 64}}',
      ),
      'highFrequencyFactor: expected more than lowFrequencyFactor (4), found 4',
    ],
    [
      'an unknown scaling',
      model('llama', 'constants: {ropeScaling: {kind: longrope, factor: 8}}'),
      'model.constants.ropeScaling.kind: expected one of linear, llama3, yarn, dynamic, found "longrope"',
    ],
    [
      'an unknown activation',
      model('llama', 'constants: {activation: relu}'),
      'model.constants.activation: expected one of silu, gelu-tanh, gelu or null, found "relu"',
    ],
    [
      'an unknown family',
      edited(['qwen2', 'persimmon']),
      `model.family: expected one of ${familyNames.join(', ')}, found "persimmon"`,
    ],
    [
      'a soft cap that is no number',
      model('gemma2', 'constants: {logitSoftCap: off}'),
      'model.constants.logitSoftCap: expected',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(errorLines(text).join('\n')).toContain(message);
  });
});
