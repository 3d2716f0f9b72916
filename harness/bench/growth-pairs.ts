/** Pairs whose two rows fill a context exactly: a third of it prompt, as in pairs of code; random tokens by number. */
import { writeFileSync } from 'node:fs';
import { randomStream } from '../random/index.ts';
import type { EqualPairs } from './least-work.ts';

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
  const lines = Array.from({ length: batches * shape.pairs }, (_, index) => {
    const stream = randomStream(index, 'growth pair');
    const ids = (length: number): number[] => Array.from({ length }, () => stream.integer(vocabSize));
    const [prompt, chosen, rejected] = [shape.promptTokens, shape.responseTokens, shape.responseTokens].map(ids);
    return JSON.stringify({ prompt, chosen, rejected });
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
}
