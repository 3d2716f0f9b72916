/** How config.json says that rotary positions are stretched, as `transformers` 5 reads it. */
import type { RopeScaling } from '../spec/experiment-schema.ts';
import type { ConfigReader } from './config-reader.ts';

/** A config.json, its map of rotary positions, and the key of its context. */
export interface RopeMap {
  readonly config: ConfigReader;
  readonly map: ConfigReader;
  readonly contextKey: string;
}

/** Null where they are not stretched; kinds that are not computed are problems of the file. */
export function readRopeScaling({ config, map, contextKey }: RopeMap): RopeScaling | null {
  const kind = map.text('rope_type', map.text('type', 'default'));
  const context = config.count(contextKey);
  if (kind === 'linear') return { kind, factor: map.positive('factor') };
  if (kind === 'dynamic') return { kind, factor: map.positive('factor'), originalContextLength: context };
  if (kind === 'llama3') return readLlama3(map, originalContext(config, map, context));
  if (kind === 'yarn') return readYarn(map, context, originalContext(config, map, context));
  if (kind !== 'default')
    config.problem(
      `rope type ${JSON.stringify(kind)} is not supported, only default, linear, llama3, yarn and dynamic`,
    );
  return null;
}

/** The configuration's own key wins, as in `transformers`; without any it is the context itself. */
function originalContext(config: ConfigReader, map: ConfigReader, context: number): number {
  const key = 'original_max_position_embeddings';
  return config.raw(key) === undefined ? map.count(key, context) : config.count(key);
}

function readLlama3(map: ConfigReader, originalContextLength: number): RopeScaling {
  return {
    kind: 'llama3',
    factor: map.positive('factor'),
    lowFrequencyFactor: map.positive('low_freq_factor'),
    highFrequencyFactor: map.positive('high_freq_factor'),
    originalContextLength,
  };
}

function readYarn(map: ConfigReader, context: number, originalContextLength: number): RopeScaling {
  return {
    kind: 'yarn',
    factor: map.isNull('factor') ? context / originalContextLength : map.positive('factor'),
    originalContextLength,
    attentionFactor: optional(map, 'attention_factor'),
    betaFast: optional(map, 'beta_fast'),
    betaSlow: optional(map, 'beta_slow'),
    mscale: optional(map, 'mscale'),
    mscaleAllDimensions: optional(map, 'mscale_all_dim'),
    truncate: readTruncate(map),
  };
}

/** `transformers` takes a null for false, and an absent key for true. */
function readTruncate(map: ConfigReader): boolean | null {
  if (map.isNull('truncate')) return false;
  return map.raw('truncate') === undefined ? null : map.boolean('truncate', true);
}

/** `transformers` takes a 0 of the betas and of mscale for nothing. */
function optional(map: ConfigReader, key: string): number | null {
  const value = map.raw(key);
  return value === undefined || (value === 0 && key !== 'attention_factor') ? null : map.positive(key);
}

/**
 * The context of a model: that of its file, and with positions stretched to `factor` times the original one at least
 * that, which files of `yarn` and `dynamic` often do not say. `own`: what we wrote, which may be less.
 */
export function stretchedContext(context: number, scaling: RopeScaling | null, own: number | null): number {
  if (own !== null) return own;
  if (scaling?.kind !== 'yarn' && scaling?.kind !== 'dynamic') return context;
  return Math.max(context, Math.floor(scaling.factor * scaling.originalContextLength));
}
