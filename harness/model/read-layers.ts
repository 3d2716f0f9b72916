/** What config.json says of single layers: which have a window, and which have no rotary positions. */
import { layersIn, type Dialect, type LayerPattern } from '../families/index.ts';
import type { ModelConstants } from '../spec/experiment-schema.ts';
import type { ConfigReader } from './config-reader.ts';

type LayerConstants = Pick<ModelConstants, 'slidingWindow' | 'windowedLayers' | 'unrotatedLayers'>;

/** @param layers Of the model. */
export function readLayers(config: ConfigReader, dialect: Dialect, layers: number): LayerConstants {
  const unrotated = readUnrotated(config, dialect.unrotated, layers);
  const types = layerTypes(config, layers);
  if (layersIn(unrotated, layers).length === layers) config.problem('layers all without rope are not computed');
  if (dialect.windows === null || dialect.windows.layers === 'all') checkUniform(config, types);
  return {
    ...readWindows(config, dialect.windows, { layers, unrotated, types }),
    unrotatedLayers: dialect.unrotated && [...layersIn(unrotated, layers)],
  };
}

/** The class has no `layer_types`: a file that has them all the same means another class. */
function checkUniform(config: ConfigReader, types: readonly LayerType[] | null): void {
  if (new Set(types).size > 1)
    config.problem(`layer_types: layers of ${config.text('model_type')} are alike, found ${listed(types ?? [])}`);
}

function listed(types: readonly string[]): string {
  return [...new Set(types)].join(' and ');
}

type LayerType = 'full_attention' | 'sliding_attention';

function layerTypes(config: ConfigReader, layers: number): readonly LayerType[] | null {
  const found = config.raw('layer_types');
  if (found === undefined) return null;
  const types = Array.isArray(found) ? (found as readonly unknown[]) : [];
  const strange = types.filter((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (strange.length > 0) config.problem(`layer_types: layers ${listed(strange.map(String))} are not computed`);
  if (types.length !== layers)
    config.problem(`layer_types: expected a list of ${layers} layers, found ${JSON.stringify(found)}`);
  return types as readonly LayerType[];
}

function readUnrotated(config: ConfigReader, keys: Dialect['unrotated'], layers: number): LayerPattern {
  if (keys === null) return 'none';
  const list = config.raw(keys.list);
  if (list === undefined) return { every: config.count(keys.interval, keys.fallback) };
  const rotated: readonly unknown[] = Array.isArray(list) ? list : [];
  if (rotated.length < layers)
    config.problem(`${keys.list}: expected a list of ${layers} times 0 or 1, found ${JSON.stringify(list)}`);
  return { layers: rotated.flatMap((isRotated, layer) => (Boolean(isRotated) || layer >= layers ? [] : [layer])) };
}

interface Layers {
  readonly layers: number;
  readonly unrotated: LayerPattern;
  readonly types: readonly LayerType[] | null;
}

const noWindows = { slidingWindow: 'none', windowedLayers: null } as const;

function readWindows(
  config: ConfigReader,
  keys: Dialect['windows'],
  found: Layers,
): Omit<LayerConstants, 'unrotatedLayers'> {
  if (keys === null) return { slidingWindow: null, windowedLayers: null };
  const isEnabled = keys.enabled === null || config.boolean(keys.enabled, false);
  const size = config.isNull(keys.size) ? null : (config.raw(keys.size) ?? keys.fallback);
  if (!isEnabled || size === null) {
    if (found.types?.includes('sliding_attention'))
      config.problem(`layer_types has windows, and ${isEnabled ? keys.size : (keys.enabled ?? '')} has none`);
    return noWindows;
  }
  const windowed = windowedLayers(config, keys.layers, found);
  if (windowed.length === 0) return noWindows;
  return {
    slidingWindow: config.count(keys.size, keys.fallback ?? undefined),
    windowedLayers: keys.layers === 'all' ? null : [...windowed],
  };
}

function windowedLayers(
  config: ConfigReader,
  keys: NonNullable<Dialect['windows']>['layers'],
  { layers, unrotated, types }: Layers,
): readonly number[] {
  if (keys === 'all') return layersIn('all', layers);
  if (types !== null) return types.flatMap((type, layer) => (type === 'sliding_attention' ? [layer] : []));
  if (keys === 'unrotated') return layersIn(unrotated, layers);
  if ('butEvery' in keys)
    return layersIn({ butEvery: keys.key === null ? keys.butEvery : config.count(keys.key, keys.butEvery) }, layers);
  const first = config.index(keys.from, keys.fallback);
  return layersIn('all', layers).filter((layer) => layer >= first);
}
