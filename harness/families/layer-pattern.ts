/** Which layers of a model have a part, numbered from 0. */

/** `every` n: layers n - 1, 2 n - 1 ... have it; `butEvery` n: all layers but these. */
export type LayerPattern =
  'none' | 'all' | { readonly every: number } | { readonly butEvery: number } | { readonly layers: readonly number[] };

export function isInPattern(pattern: LayerPattern, layer: number): boolean {
  if (typeof pattern === 'string') return pattern === 'all';
  if ('layers' in pattern) return pattern.layers.includes(layer);
  if ('every' in pattern) return (layer + 1) % pattern.every === 0;
  return (layer + 1) % pattern.butEvery !== 0;
}

/** The numbers of the layers, of a model that has `layers` of them. */
export function layersIn(pattern: LayerPattern, layers: number): readonly number[] {
  return Array.from({ length: layers }, (_, layer) => layer).filter((layer) => isInPattern(pattern, layer));
}
