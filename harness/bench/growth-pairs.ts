/** Pairs whose two rows fill a context exactly: a third of it prompt, as in pairs of code. */
import { writeFileSync } from 'node:fs';
import type { EqualPairs } from './least-work.ts';
import { seededTokenPairs, tokenPairLines } from './seeded-token-pairs.ts';

/** As many pairs as make `tokensPerStep` tokens of rows, at least one. */
export function growthShape(context: number, tokensPerStep: number): EqualPairs {
  const promptTokens = Math.round(context / 3);
  const pairs = Math.max(1, Math.floor(tokensPerStep / (2 * context)));
  return { pairs, promptTokens, responseTokens: context - promptTokens };
}

/** Batches that differ; they are taken again from the start. */
const batches = 4;

/** Equal for equal arguments. */
export function writeGrowthPairs(file: string, shape: EqualPairs, vocabSize: number): void {
  const { pairs, promptTokens, responseTokens } = shape;
  const lengths = {
    promptTokens: [promptTokens, promptTokens],
    responseTokens: [responseTokens, responseTokens],
  } as const;
  writeFileSync(file, tokenPairLines(seededTokenPairs({ count: batches * pairs, seed: 0, vocabSize, ...lengths })));
}
