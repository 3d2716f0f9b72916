/** The part of the Hugging Face `tokenizer.json` format that a byte-level BPE without normalization needs. */
import { preTokenPattern } from './pre-tokens.ts';

export const endToken = '<|end|>';
export const endTokenId = 0;

export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: null;
  readonly pre_tokenizer: {
    readonly type: 'Sequence';
    readonly pretokenizers: readonly [
      {
        readonly type: 'Split';
        readonly pattern: { readonly Regex: string };
        readonly behavior: 'Isolated';
        readonly invert: false;
      },
      {
        readonly type: 'ByteLevel';
        readonly add_prefix_space: false;
        readonly trim_offsets: false;
        readonly use_regex: false;
      },
    ];
  };
  readonly post_processor: null;
  readonly decoder: {
    readonly type: 'ByteLevel';
    readonly add_prefix_space: false;
    readonly trim_offsets: false;
    readonly use_regex: false;
  };
  readonly model: {
    readonly type: 'BPE';
    readonly dropout: null;
    readonly unk_token: null;
    readonly continuing_subword_prefix: null;
    readonly end_of_word_suffix: null;
    readonly fuse_unk: false;
    readonly byte_fallback: false;
    readonly ignore_merges: false;
    /** Token -> id: `<|end|>` is 0, the 256 bytes follow in order, then one token a merge. */
    readonly vocab: Readonly<Record<string, number>>;
    /** In the order in which they were learned, which is the order in which they apply. */
    readonly merges: readonly (readonly [string, string])[];
  };
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** `tokens[id]` is the token of that id in the byte alphabet. */
export function toTokenizerJson(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
): TokenizerJson {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [addedEndToken],
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: preTokenPattern }, behavior: 'Isolated', invert: false },
        byteLevel,
      ],
    },
    post_processor: null,
    decoder: byteLevel,
    model: bpeModel(tokens, merges),
  };
}

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false } as const;

const addedEndToken: AddedToken = {
  id: endTokenId,
  content: endToken,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

function bpeModel(tokens: readonly string[], merges: readonly (readonly [string, string])[]): TokenizerJson['model'] {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
  };
}
