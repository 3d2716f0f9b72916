/**
 * What rows are encoded for, from the config.json of any decoder: also of those that are not computed here, for another
 * program to compute.
 */
import type { ResponseEnd } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { openConfig, type ConfigReader } from './config-reader.ts';
import { sourceOf } from './model-source.ts';
import { readConfig } from './read-config.ts';
import { specialTokensOf, type SpecialTokens } from './special-tokens.ts';

export interface ModelOutline {
  /** Infinite where nothing in the file limits it. */
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly specialTokens: SpecialTokens;
  /** What stands behind each response of a model that was trained here; null = the end token. */
  readonly responseEnd: ResponseEnd;
  /** Why it is not computed here; null where it is. */
  readonly notComputed: string | null;
}

/** What families call the longest input. */
const contextKeys = ['max_position_embeddings', 'n_positions', 'max_seq_len', 'max_sequence_length', 'seq_length'];

/** Throws UserError: exit 2 for a folder without a model, exit 4 for a config.json that cannot be read. */
export function outlineOf(folder: string): ModelOutline {
  const { config } = sourceOf(folder);
  try {
    const { model, specialTokens } = readConfig(config);
    const { contextLength, vocabSize, responseEnd } = model;
    return { contextLength, vocabSize, specialTokens, responseEnd, notComputed: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...ofAny(openConfig(config)), notComputed: error.message };
  }
}

/** A language model beside others (images, audio) has its sizes in a map of its own. */
function ofAny(config: ConfigReader): Omit<ModelOutline, 'notComputed'> {
  const text = config.map('text_config');
  const number = (key: string): number | null => countOf(config.raw(key) ?? text?.raw(key));
  const vocabSize = number('vocab_size');
  if (vocabSize === null)
    throw new UserError(`${config.path}: vocab_size: expected a whole number`, {
      exitCode: 4,
      hint: 'Give a folder that save_pretrained of transformers wrote.',
    });
  const [contextLength = Infinity] = contextKeys.flatMap((key) => number(key) ?? []);
  return { contextLength, vocabSize, specialTokens: specialTokensOf(config), responseEnd: null };
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}
