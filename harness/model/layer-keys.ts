/** What config.json says of single layers, written: windows in both the old words of each class and `layer_types`. */
import type { Dialect } from '../families/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import { layersOf } from './layers.ts';

export function layerKeys({ windows, unrotated }: Dialect, model: ModelSpec): Record<string, unknown> {
  return {
    ...(windows !== null && windowKeys(windows, model)),
    ...(unrotated !== null && { [unrotated.list]: layersOf(model).map(({ rope }) => (rope === null ? 0 : 1)) }),
  };
}

type WindowKeys = NonNullable<Dialect['windows']>;

function windowKeys(keys: WindowKeys, model: ModelSpec): Record<string, unknown> {
  const windows = layersOf(model).map(({ window }) => window);
  const size = windows.find((window) => window !== null) ?? null;
  if (size === null && keys.enabled !== null) return { [keys.enabled]: false };
  return {
    [keys.size]: size,
    ...(keys.enabled !== null && { [keys.enabled]: true }),
    ...(keys.layers !== 'all' && { layer_types: windows.map(layerType) }),
    ...patternKeys(keys, model, windows),
  };
}

function layerType(window: number | null): string {
  return window === null ? 'full_attention' : 'sliding_attention';
}

/** For versions of `transformers` that do not know `layer_types` yet. */
function patternKeys(
  { layers }: WindowKeys,
  model: ModelSpec,
  windows: readonly (number | null)[],
): Record<string, unknown> {
  if (typeof layers === 'string') return {};
  if ('from' in layers) return { [layers.from]: windows.findIndex((window) => window !== null) };
  const { windowed } = familyOf(model).attention;
  const isPattern = typeof windowed === 'object' && 'butEvery' in windowed;
  return layers.key !== null && isPattern ? { [layers.key]: windowed.butEvery } : {};
}
