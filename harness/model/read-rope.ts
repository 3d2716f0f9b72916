/**
 * Rotary positions in config.json, in both spellings: `rope_theta` and `rope_scaling` (version 4 of `transformers`), or
 * one map `rope_parameters` (version 5). Kinds of scaling we do not compute are refused by name.
 */
import type { ModelConstants, RopeScaling } from '../spec/experiment-schema.ts';
import type { ConfigReader } from './config-reader.ts';
import { defaultRopeTheta, type Dialect } from './dialects.ts';

export function readRope(
  config: ConfigReader,
  keys: Dialect['keys'],
  fallbackFraction: number,
): Pick<ModelConstants, 'ropeTheta' | 'ropeScaling' | 'rotaryFraction'> {
  if (keys.ropeTheta === null) return { ropeTheta: null, ropeScaling: null, rotaryFraction: null };
  const map = config.map('rope_scaling') ?? config.map('rope_parameters');
  const theta = config.positive(keys.ropeTheta, defaultRopeTheta);
  const rotaryFraction = readFraction(config, map, { key: keys.rotaryFraction, fallback: fallbackFraction });
  return {
    ropeTheta: map?.positive('rope_theta', theta) ?? theta,
    ropeScaling: map === null ? null : readScaling(config, map),
    rotaryFraction: keys.rotaryFraction === null ? null : rotaryFraction,
  };
}

/** The share of a head that is turned. `key`: null where the family turns all of it. */
function readFraction(
  config: ConfigReader,
  map: ConfigReader | null,
  { key, fallback }: { readonly key: string | null; readonly fallback: number },
): number {
  const fraction = config.positive(key ?? 'partial_rotary_factor', fallback);
  const found = map?.positive('partial_rotary_factor', fraction) ?? fraction;
  if (found > 1 || (key === null && found !== 1))
    config.problem(`partial_rotary_factor: only ${key === null ? '1' : 'up to 1'} is supported, found ${found}`);
  return found;
}

function readScaling(config: ConfigReader, map: ConfigReader): RopeScaling | null {
  const kind = map.text('rope_type', map.text('type', 'default'));
  if (kind === 'default') return null;
  if (kind === 'linear') return { kind, factor: map.positive('factor') };
  if (kind !== 'llama3') {
    config.problem(`rope type ${JSON.stringify(kind)} is not supported, only default, linear and llama3`);
    return null;
  }
  return {
    kind,
    factor: map.positive('factor'),
    lowFrequencyFactor: map.positive('low_freq_factor'),
    highFrequencyFactor: map.positive('high_freq_factor'),
    originalContextLength: map.count('original_max_position_embeddings'),
  };
}
