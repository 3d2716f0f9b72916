/**
 * Where config.json has its rotary positions: keys of its own (version 4 of `transformers`), one map
 * `rope_parameters` (version 5), or in there one map for each type of layer.
 */
import type { Dialect } from '../families/index.ts';
import type { ConfigReader } from './config-reader.ts';

/** The map with theta and scaling of the layers without a window, or of all; null where there is none. */
export function ropeMap(config: ConfigReader, keys: Dialect['keys']): ConfigReader | null {
  const scaling = config.map('rope_scaling');
  const map = config.map('rope_parameters');
  if (map === null || !isByLayer(map)) return scaling ?? checkedMap(config, map, keys);
  if (keys.localRopeTheta === null) config.problem('rope_parameters: expected one map for all layers, found several');
  return map.map('full_attention');
}

function isByLayer(map: ConfigReader): boolean {
  return ['full_attention', 'sliding_attention'].some((type) => map.raw(type) !== undefined);
}

/** The class that has two bases reads no map of one. */
function checkedMap(config: ConfigReader, map: ConfigReader | null, keys: Dialect['keys']): ConfigReader | null {
  if (map !== null && keys.localRopeTheta !== null)
    config.problem('rope_parameters: expected the maps full_attention and sliding_attention, found neither');
  return map;
}

/** The base of windowed layers; null where the family has none of its own for them. */
export function readLocalTheta(config: ConfigReader, { keys, fallbacks }: Dialect): number | null {
  if (keys.localRopeTheta === null || fallbacks.localRopeTheta === null) return null;
  const theta = config.positive(keys.localRopeTheta, fallbacks.localRopeTheta);
  const map = config.map('rope_parameters')?.map('sliding_attention') ?? null;
  const kind = map?.text('rope_type', map.text('type', 'default')) ?? 'default';
  if (kind !== 'default') config.problem(`rope type ${JSON.stringify(kind)} is not computed in layers with a window`);
  return map?.positive('rope_theta', theta) ?? theta;
}
