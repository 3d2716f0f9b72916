/**
 * Rotary positions in config.json, in both spellings: `rope_theta` and `rope_scaling` (version 4 of `transformers`), or
 * one map `rope_parameters` (version 5). Kinds of scaling we do not compute are refused by name.
 */
import type { Dialect } from '../families/index.ts';
import type { ModelConstants } from '../spec/experiment-schema.ts';
import type { ConfigReader } from './config-reader.ts';
import { readRopeScaling } from './read-rope-scaling.ts';
import { ropeMap } from './rope-maps.ts';

type RopeConstants = Pick<ModelConstants, 'ropeTheta' | 'ropeScaling' | 'rotaryFraction'>;

export function readRope(config: ConfigReader, { keys, fallbacks }: Dialect): RopeConstants {
  if (keys.ropeTheta === null) return { ropeTheta: null, ropeScaling: null, rotaryFraction: null };
  const map = ropeMap(config, keys);
  const theta = config.positive(keys.ropeTheta, fallbacks.ropeTheta);
  const rotaryFraction = readFraction(config, map, { key: keys.rotaryFraction, fallback: fallbacks.rotaryFraction });
  return {
    ropeTheta: map?.positive('rope_theta', theta) ?? theta,
    ropeScaling: map && readRopeScaling({ config, map, contextKey: keys.contextLength }),
    rotaryFraction,
  };
}

/** The share of a head that is turned; null where the family turns all of it, and has no `key` for it. */
function readFraction(
  config: ConfigReader,
  map: ConfigReader | null,
  { key, fallback }: { readonly key: string | null; readonly fallback: number },
): number | null {
  const fraction = config.positive(key ?? 'partial_rotary_factor', fallback);
  const found = map?.positive('partial_rotary_factor', fraction) ?? fraction;
  if (found > 1 || (key === null && found !== 1))
    config.problem(`partial_rotary_factor: only ${key === null ? '1' : 'up to 1'} is supported, found ${found}`);
  return key === null ? null : found;
}
