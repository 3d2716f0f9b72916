/** What `transformers` generates with the same weights (see fixtures/make_transformers_fixture.py). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { generateResponses } from '../../harness/generate/index.ts';
import { scoreName, type ModelConfig, type Parameters } from '../../harness/model/index.ts';
import { formulaParameters, modelOfConfig } from '../model/formula-models.ts';

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
  const model = modelOfConfig(found.config);
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

/** By the formula of the script; a language model has no reward head. */
function startParameters(model: ModelConfig): Parameters {
  const { [scoreName]: _, ...parameters } = formulaParameters(model, {
    width: 1.6,
    offsetOf: (isVector) => (isVector ? 1 : 0),
  });
  return parameters;
}
