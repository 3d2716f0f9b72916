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
  const fraction = config.positive(keys.rotaryFraction ?? 'partial_rotary_factor', fallbackFraction);
  const rotaryFraction = map?.positive('partial_rotary_factor', fraction) ?? fraction;
  if (rotaryFraction > 1 || (keys.rotaryFraction === null && rotaryFraction !== 1))
    config.problem(
      `partial_rotary_factor: only ${keys.rotaryFraction === null ? '1' : 'up to 1'} is supported, found ${rotaryFraction}`,
    );
  return {
    ropeTheta: map?.positive('rope_theta', theta) ?? theta,
    ropeScaling: map === null ? null : readScaling(config, map),
    rotaryFraction: keys.rotaryFraction === null ? null : rotaryFraction,
  };
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
