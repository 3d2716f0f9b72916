import path from 'node:path';
import {
  encodePairs,
  mutatePairs,
  readFunctions,
  writeEncodedPairs,
  writePairs,
  type Tokenizer,
} from '../data/index.ts';
import type { PreferencePair } from '../data/preference-pair.ts';
import type { StageFunction } from './stage-context.ts';
import { emitCounts, inputFolder, type Emit } from './stage-files.ts';
import { readTokenizer } from './tokenizer.ts';

/**
 * Mutates every corpus function into preference pairs, and the held-out functions into held-out pairs; as text and as
 * token ids.
 */
export const pairsStage: StageFunction<'pairs'> = async ({ stage, folder, inputFolders, emit }) => {
  const corpus = inputFolder(inputFolders, 'corpus');
  const tokenizer = readTokenizer(inputFolder(inputFolders, 'tokenizer'));
  for (const [name, functionsFile] of [
    ['pairs', 'functions.jsonl'],
    ['held-out', 'held-out.jsonl'],
  ] as const) {
    const { pairs, counts } = mutatePairs(readFunctions(path.join(corpus, functionsFile)), stage.config.pairs);
    const encoded = writeBoth(folder, name, pairs, { tokenizer, contextLength: stage.config.contextLength, emit });
    emitCounts(emit, name.replace('-', '_'), { ...counts, ...encoded });
  }
  return {
    outcome: { kind: 'completed' },
    outputs: ['pairs.jsonl', 'pairs.arrow', 'held-out.jsonl', 'held-out.arrow'],
  };
};

/** `<name>.jsonl` for people and `<name>.arrow` for training; over-length pairs are dropped from both and counted. */
export function writeBoth(
  folder: string,
  name: string,
  pairs: readonly PreferencePair[],
  options: { readonly tokenizer: Tokenizer; readonly contextLength: number; readonly emit: Emit },
): Record<string, number> {
  const { encoded, counts } = encodePairs(pairs, options.tokenizer, options.contextLength);
  const kept = new Set(encoded.map(({ id }) => id));
  writePairs(
    path.join(folder, `${name}.jsonl`),
    pairs.filter(({ id }) => kept.has(id)),
  );
  writeEncodedPairs(path.join(folder, `${name}.arrow`), encoded);
  const total = (select: (pair: (typeof encoded)[number]) => Int32Array): number =>
    encoded.reduce((sum, pair) => sum + select(pair).length, 0);
  const mean = (tokens: number): number => (encoded.length === 0 ? 0 : tokens / encoded.length);
  return {
    ...counts,
    pairs: encoded.length,
    mean_prompt_tokens: mean(total(({ prompt }) => prompt)),
    mean_chosen_tokens: mean(total(({ chosen }) => chosen)),
    mean_rejected_tokens: mean(total(({ rejected }) => rejected)),
  };
}
