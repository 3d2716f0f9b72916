/** Lengths of tasks in plain language, from their mean characters. */
import { charactersPerToken, type PairLengths } from '../lengths.ts';

/** Prose and formulas give shorter tokens than code, which the encoding was trained on: measured on GSM8K. */
const shareOfCode = 0.78;

/** Tokens of prompt and responses of so many characters; every response ends with a token of its own. */
export function textLengths(
  characters: { readonly prompt: number; readonly chosen: number; readonly rejected: number },
  vocabSize: number,
): PairLengths {
  const perToken = shareOfCode * charactersPerToken(vocabSize);
  return {
    prompt: characters.prompt / perToken,
    chosen: 1 + characters.chosen / perToken,
    rejected: 1 + characters.rejected / perToken,
  };
}
