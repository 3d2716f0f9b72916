/**
 * Names that people mix up, each pair in both directions. They bring in words which the function does not have yet.
 * Only pairs whose names are about equally frequent in code (at most 2.5 to 1 in the default corpus): otherwise the
 * rarer name alone would give the mistake away.
 */
const pairs: readonly (readonly [string, string])[] = [
  ['min', 'max'],
  ['floor', 'round'],
  ['sqrt', 'pow'],
  ['sqrt', 'abs'],
  ['sin', 'cos'],
  ['log', 'exp'],
  ['minimum', 'maximum'],
  ['x', 'y'],
  ['y', 'z'],
  ['z', 'x'],
  ['_x', '_y'],
  ['_y', '_z'],
  ['r', 'g'],
  ['g', 'b'],
  ['left', 'right'],
  ['top', 'bottom'],
  ['width', 'height'],
  ['near', 'far'],
  ['east', 'west'],
  ['north', 'south'],
  ['start', 'end'],
  ['from', 'to'],
  ['index', 'offset'],
  ['key', 'index'],
  ['line', 'range'],
  ['center', 'radius'],
  ['color', 'alpha'],
  ['name', 'type'],
  ['name', 'value'],
  ['message', 'text'],
  ['source', 'target'],
  ['input', 'output'],
  ['args', 'params'],
  ['children', 'elements'],
  ['scene', 'engine'],
  ['_scene', '_engine'],
  ['material', 'geometry'],
  ['texture', 'buffer'],
  ['state', 'context'],
  ['add', 'remove'],
  ['set', 'get'],
  ['set', 'has'],
  ['get', 'has'],
  ['delete', 'has'],
  ['getValue', 'setValue'],
  ['enable', 'disable'],
  ['on', 'off'],
  ['read', 'write'],
  ['load', 'save'],
  ['connect', 'disconnect'],
  ['some', 'every'],
  ['map', 'forEach'],
  ['map', 'filter'],
  ['filter', 'forEach'],
  ['slice', 'splice'],
  ['keys', 'values'],
  ['join', 'split'],
  ['match', 'replace'],
  ['includes', 'startsWith'],
  ['includes', 'indexOf'],
  ['clone', 'copy'],
  ['call', 'apply'],
  ['parse', 'stringify'],
  ['toString', 'valueOf'],
  ['assign', 'create'],
  ['isArray', 'from'],
  ['error', 'warn'],
  ['warn', 'log'],
  ['addEventListener', 'removeEventListener'],
];

const opposites = new Map<string, string[]>();
for (const [a, b] of pairs) {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    opposites.set(from, [...(opposites.get(from) ?? []), to]);
}

export function oppositeOf(name: string): readonly string[] {
  return opposites.get(name) ?? [];
}
