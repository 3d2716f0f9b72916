/** What `transformers` generates with the same weights (see fixtures/make_transformers_fixture.py). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { generateResponses } from '../../harness/generate/index.ts';
import {
  parameterShapes,
  readConfig,
  scoreName,
  type ModelConfig,
  type Parameters,
} from '../../harness/model/index.ts';

interface Case {
  readonly config: object;
  readonly parameters: readonly string[];
  readonly responses: readonly {
    readonly prompt: readonly number[];
    readonly tokens: readonly number[];
    readonly lastLogits: readonly number[];
  }[];
}

const { newTokens, cases } = JSON.parse(
  readFileSync(new URL('fixtures/transformers.json', import.meta.url), 'utf8'),
) as { readonly newTokens: number; readonly cases: Readonly<Record<string, Case>> };

it.each(Object.entries(cases))('%s: the tokens that transformers takes greedily', async (_, found) => {
  const model = modelOf(found.config);
  const parameters = startParameters(model);
  expect(Object.keys(parameters).toSorted()).toEqual(found.parameters.toSorted());
  const logits: Float32Array[] = [];
  const responses = await generateResponses(
    { model, parameters, executor: onnxruntimeCpu(), threads: 1 },
    found.responses.map(({ prompt }, index) => ({ key: String(index), tokens: Int32Array.from(prompt) })),
    { temperature: 0, topP: 1, maxTokens: newTokens, seed: 1, endToken: -1 },
    { onNext: (prompt, next) => (logits[prompt] = next.slice()) },
  );
  for (const [index, { tokens, lastLogits }] of found.responses.entries()) {
    expect([...responses[index]!.tokens]).toEqual(tokens);
    const scale = Math.max(1, ...lastLogits.map(Math.abs));
    for (const [token, logit] of lastLogits.entries())
      expect(Math.abs(logits[index]![token]! - logit) / scale).toBeLessThan(1e-5);
  }
});

function modelOf(config: object): ModelConfig {
  const folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
  try {
    const file = path.join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    return readConfig(file).model;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By the formula of the script. */
function startParameters(model: ModelConfig): Parameters {
  const named = [...parameterShapes(model)].filter(([name]) => name !== scoreName);
  return Object.fromEntries(
    named.map(([name, shape]) => {
      const offset = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
      let state = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
      const size = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: size }, () => {
        state = (Math.imul(1664525, state) + 1013904223) >>> 0;
        return 1.6 * (state / 2 ** 32 - 0.5) + offset;
      });
      return [name, values];
    }),
  );
}
