/** Rotary positions stretched to longer contexts: what config.json says of them, both ways, and their tables. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fixedContext, readConfig, ropeFeeds, ropeLengthOf, type ModelConfig } from '../../harness/model/index.ts';
import { ropeValues } from '../../harness/model/rope-tables.ts';
import type { RopeScaling } from '../../harness/spec/index.ts';
import { configText } from '../../harness/model/write-config.ts';
import { constantsWith, tinyModels } from './tiny-models.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'rope-'));
afterAll(() => rmSync(folder, { recursive: true }));

const llama = {
  model_type: 'llama',
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 24,
  max_position_embeddings: 32,
  vocab_size: 13,
};
type Yarn = Extract<RopeScaling, { kind: 'yarn' }>;
const yarnDefaults = {
  attentionFactor: null,
  betaFast: null,
  betaSlow: null,
  mscale: null,
  mscaleAllDimensions: null,
  truncate: null,
};

function read(text: string): ModelConfig {
  const file = path.join(folder, 'config.json');
  writeFileSync(file, text);
  return readConfig(file).model;
}
const scalingOf = (config: object): unknown => read(JSON.stringify({ ...llama, ...config })).constants?.ropeScaling;
const contextOf = (config: object): number => read(JSON.stringify({ ...llama, ...config })).contextLength;

describe('config.json', () => {
  const yarn = yarnOf({});

  it('says yarn and dynamic in the words of versions 4 and 5 of transformers', () => {
    const words = { factor: 4, original_max_position_embeddings: 32 };
    expect(scalingOf({ rope_scaling: { type: 'yarn', ...words } })).toEqual(yarn);
    expect(scalingOf({ rope_parameters: { rope_type: 'yarn', rope_theta: 500, ...words } })).toEqual(yarn);
    const dynamic = { kind: 'dynamic', factor: 2.5, originalContextLength: 32 };
    expect(scalingOf({ rope_scaling: { type: 'dynamic', factor: 2.5 } })).toEqual(dynamic);
    expect(scalingOf({ rope_parameters: { rope_type: 'dynamic', rope_theta: 500, factor: 2.5 } })).toEqual(dynamic);
  });

  it('leaves out what transformers computes: the original context, the factor, the options', () => {
    expect(scalingOf({ rope_scaling: { rope_type: 'yarn', factor: 4 } })).toEqual(yarn);
    // The key outside the map wins.
    expect(
      scalingOf({
        original_max_position_embeddings: 16,
        rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 8 },
      }),
    ).toEqual({ ...yarn, originalContextLength: 16 });
    expect(
      scalingOf({ rope_scaling: { rope_type: 'yarn', factor: null, original_max_position_embeddings: 8 } }),
    ).toEqual({ ...yarn, factor: 4, originalContextLength: 8 });
    // A 0 is as good as no number, and a null truncate is false.
    expect(
      scalingOf({ rope_scaling: { rope_type: 'yarn', factor: 4, mscale: 0, beta_fast: 0, truncate: null } }),
    ).toEqual({ ...yarn, truncate: false });
  });

  it('gives a stretched model its stretched context, where the file names the original one', () => {
    expect(contextOf({ rope_scaling: { rope_type: 'yarn', factor: 4 } })).toBe(128);
    const said = { rope_type: 'yarn', factor: 2, original_max_position_embeddings: 8 };
    expect(contextOf({ rope_scaling: said })).toBe(32);
    expect(contextOf({ rope_scaling: { rope_type: 'dynamic', factor: 2.5 } })).toBe(80);
    expect(contextOf({ rope_scaling: { rope_type: 'linear', factor: 4 } })).toBe(32);
  });

  it.each([
    {
      ...yarn,
      attentionFactor: 0.7,
      betaFast: 16,
      betaSlow: 2,
      mscale: 1.5,
      mscaleAllDimensions: 0.5,
      truncate: false,
    },
    yarn,
    { kind: 'dynamic', factor: 3, originalContextLength: 32 },
  ] as const)('is read as it was written, with a context that was lowered: $kind', (ropeScaling) => {
    for (const contextLength of [20, 70]) {
      const model = { ...read(JSON.stringify(llama)), contextLength, constants: constantsWith({ ropeScaling }) };
      const text = configText({ model, storage: 'float32', specialTokens: { pad: null, begin: 0, end: 1 } });
      expect(read(text)).toEqual(model);
      const written = JSON.parse(text) as Record<string, unknown>;
      expect(written['max_position_embeddings']).toBe(ropeScaling.kind === 'dynamic' ? 32 : contextLength);
      expect(written['rope_scaling']).toMatchObject({ rope_type: ropeScaling.kind, factor: ropeScaling.factor });
    }
  });
});

describe('tables', () => {
  const options = { width: 8, theta: 100, scaling: null };

  it('of yarn lie on a circle whose radius is the attention factor', () => {
    // 0.1 ln 4 + 1 = 1.138629
    const { cos, sin } = ropeValues(9, { ...options, scaling: yarnOf({}) }, 0);
    for (const [index, value] of cos.entries()) expect(Math.hypot(value, sin[index]!)).toBeCloseTo(1.138629, 6);
    // (0.1 x 2 ln 4 + 1) / (0.1 x 0.5 ln 4 + 1) = 1.277259 / 1.069315 = 1.194465
    const scaled = ropeValues(2, { ...options, scaling: yarnOf({ mscale: 2, mscaleAllDimensions: 0.5 }) }, 0);
    expect(Math.hypot(scaled.cos[5]!, scaled.sin[5]!)).toBeCloseTo(1.194465, 6);
  });

  it('of yarn leave what turns often, and stretch what turns seldom', () => {
    // Periods 1, 3.16, 10, 31.6. In 400 tokens they turn 63.7, 20.1, 6.37 and 2.01 times: between the betas 32 and 4,
    // pairs 8 ln(400 / 64 pi) / (2 ln 100) = 0.598 -> 0 and 8 ln(400 / 8 pi) / (2 ln 100) = 2.404 -> 3.
    const scaling = yarnOf({ factor: 4, originalContextLength: 400, betaFast: 32, betaSlow: 4, attentionFactor: 1 });
    const { cos, sin } = ropeValues(2, { ...options, scaling }, 0);
    const frequencies = [4, 5, 6, 7].map((index) => Math.atan2(sin[index]!, cos[index]!));
    const plain = [1, 10 ** -0.5, 0.1, 10 ** -1.5];
    // Stretched by 1/3 and 2/3 of the way: f (1 - r) + f r / 4.
    const expected = [1, 3 / 4, 1 / 2, 1 / 4].map((share, pair) => share * plain[pair]!);
    for (const [pair, frequency] of frequencies.entries()) expect(frequency).toBeCloseTo(expected[pair]!, 6);
  });

  it('of dynamic are the plain ones up to the original context, and have another base for each length beyond', () => {
    const scaling = { kind: 'dynamic', factor: 4, originalContextLength: 32 } as const;
    const plain = ropeValues(40, options, 0);
    expect(ropeValues(40, { ...options, scaling }, 32)).toEqual(plain);
    // 100 (4 x 48 / 32 - 3)^(8 / 6) = 100 x 3^(4/3) = 432.675
    const longer = ropeValues(40, { ...options, scaling }, 48);
    const other = ropeValues(40, { ...options, theta: 100 * 3 ** (4 / 3) }, 0);
    expect(longer.cos).toEqual(other.cos);
    expect(longer.cos).not.toEqual(plain.cos);
  });

  it('are fed for rows of one length, to models whose context goes beyond the original one only', () => {
    const ropeScaling = { kind: 'dynamic', factor: 4, originalContextLength: 32 } as const;
    const model = { ...tinyModels[0]!, headSize: 8, contextLength: 33, constants: constantsWith({ ropeScaling }) };
    expect(fixedContext(model)).toBe(32);
    expect([10, 32, 33].map((length) => ropeLengthOf(model, length))).toEqual([32, 32, 33]);
    expect(ropeFeeds(model, { positions: 64, ropeLength: 33 })['ropeCos']?.shape).toEqual([64, 4]);
    const within = { ...model, contextLength: 32 };
    expect([10, 32].map((length) => ropeLengthOf(within, length))).toEqual([0, 0]);
    expect(ropeFeeds(within, { positions: 64, ropeLength: 0 })).toEqual({});
  });
});

function yarnOf(more: Partial<Yarn>): Yarn {
  return { kind: 'yarn', factor: 4, originalContextLength: 32, ...yarnDefaults, ...more };
}
