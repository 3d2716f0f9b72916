/** Names that people mix up, each pair in both directions. They bring in words which the function does not have yet. */
const pairs: readonly (readonly [string, string])[] = [
  ['min', 'max'], ['floor', 'ceil'], ['floor', 'round'], ['push', 'unshift'], ['pop', 'shift'], ['indexOf', 'lastIndexOf'], ['some', 'every'], ['find', 'filter'],
  ['map', 'forEach'], ['slice', 'splice'], ['startsWith', 'endsWith'], ['toLowerCase', 'toUpperCase'], ['keys', 'values'], ['keys', 'entries'], ['key', 'value'],
  ['first', 'last'], ['start', 'end'], ['begin', 'end'], ['from', 'to'], ['next', 'previous'], ['next', 'prev'], ['before', 'after'], ['left', 'right'], ['top', 'bottom'],
  ['x', 'y'], ['y', 'z'], ['z', 'x'], ['width', 'height'], ['row', 'column'], ['rows', 'columns'], ['source', 'target'], ['input', 'output'], ['parent', 'child'], ['parent', 'children'],
  ['add', 'remove'], ['add', 'delete'], ['add', 'sub'], ['add', 'subtract'], ['set', 'get'], ['set', 'has'], ['get', 'has'], ['multiply', 'divide'], ['sin', 'cos'], ['show', 'hide'],
  ['open', 'close'], ['enable', 'disable'], ['enabled', 'disabled'], ['addEventListener', 'removeEventListener'], ['on', 'off'], ['read', 'write'], ['load', 'save'], ['lock', 'unlock'],
  ['minimum', 'maximum'], ['lower', 'upper'], ['length', 'size'], ['index', 'length'], ['type', 'name'], ['name', 'id'], ['call', 'apply'], ['then', 'catch'], ['resolve', 'reject'],
  ['position', 'rotation'], ['position', 'scale'], ['offset', 'length'], ['r', 'g'], ['g', 'b'], ['near', 'far'], ['east', 'west'], ['north', 'south'], ['log', 'exp'], ['visible', 'enabled'],
  ['error', 'warn'], ['append', 'prepend'], ['attach', 'detach'], ['connect', 'disconnect'], ['bind', 'unbind'], ['increment', 'decrement'], ['nodeType', 'type'], ['clone', 'copy'],
  ['trim', 'trimStart'], ['join', 'split'], ['test', 'exec'], ['parse', 'stringify'], ['firstChild', 'lastChild'], ['parentNode', 'firstChild'], ['nextSibling', 'previousSibling'],
  ['dispose', 'clear'], ['start', 'stop'], ['sqrt', 'abs'], ['acos', 'asin'], ['options', 'config'], ['isArray', 'from'], ['assign', 'create'], ['copy', 'set'], ['data', 'value'],
];

const opposites = new Map<string, string[]>();
for (const [a, b] of pairs) {
  for (const [from, to] of [[a, b], [b, a]] as const) opposites.set(from, [...(opposites.get(from) ?? []), to]);
}

export function oppositeOf(name: string): readonly string[] {
  return opposites.get(name) ?? [];
}
