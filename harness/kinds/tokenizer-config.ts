/** The tokenizer_config.json of a tokenizer from elsewhere, made complete. */
import type { TokenTable } from '../data/index.ts';

/** Texts of special tokens, where they are known. */
export interface SpecialTexts {
  readonly end: string | null;
  /** What may be padded with, best first. */
  readonly pads: readonly (string | null)[];
}

/** Names the token that ends a response and one to pad with. */
export function completeTokenizerConfig(written: object, table: TokenTable, { end, pads }: SpecialTexts): object {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...written,
    eos_token: end,
    pad_token: padToken(pads, end, table),
    // With learned positions, `transformers` shifts the positions of a row that is padded on the left.
    padding_side: 'right',
  };
}

/**
 * Tokens that no text is encoded to: byte 0xff, which UTF-8 has not, in a byte-level alphabet and as a byte that a
 * vocabulary falls back to.
 */
const unusedTokens = ['ÿ', '<0xFF>', '<unk>'];

/**
 * The token to pad with. `transformers` reads the reward at the last token that is not this one, so it must not be the
 * end token, which many checkpoints pad with.
 */
function padToken(named: readonly (string | null)[], end: string | null, table: TokenTable): string | null {
  const candidates = [...named, ...unusedTokens];
  return candidates.find((token) => token !== null && token !== end && table.idOf(token) !== null) ?? null;
}
