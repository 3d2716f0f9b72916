import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/eval/score-responses.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { bumpyParameters, tinyModels, vocabSize } from './tiny-models.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
afterAll(() => sessions.release());

const stream = randomStream(3, 'questions');
const tokens = (longest: number): Int32Array => Int32Array.from({ length: 1 + stream.integer(longest) }, () => stream.integer(vocabSize));
const questions = Array.from({ length: 40 }, (_, index) => ({ prompt: tokens(8), responses: Array.from({ length: 1 + (index % 6) }, () => tokens(8)) }));

describe.each(tinyModels.flatMap((model) => [model, { ...model, rewardPooling: 'mean' as const }]))('scoreResponses, $family, $rewardPooling pooling', (model) => {
  const reward = { model, vocabSize, parameters: bumpyParameters(model), sessions };

  it('gives a response the reward it has alone in a row', async () => {
    const together = await scoreResponses(reward, questions);
    for (const [index, { prompt, responses }] of questions.entries()) {
      for (const [inQuestion, response] of responses.entries()) {
        const [alone] = await scoreResponses(reward, [{ prompt, responses: [response] }]);
        expect(together[index]?.[inQuestion], `question ${index} response ${inQuestion}`).toBeCloseTo(alone?.[0] ?? NaN, 5);
      }
    }
  });

  it('does not depend on the other questions of the batch, bit for bit', async () => {
    const together = await scoreResponses(reward, questions);
    for (const [index, question] of questions.entries()) expect((await scoreResponses(reward, [question]))[0], `question ${index}`).toEqual(together[index]);
    expect(await scoreResponses(reward, questions.toReversed())).toEqual(together.toReversed());
  });
});
