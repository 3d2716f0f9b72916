/** What a signature says: a function's name, the words in it, and its parameters. */

export interface NamedSignature {
  readonly name: string;
  /** The name in words: `parseHTTPHeader` -> `parse http header`. */
  readonly words: string;
  /** Names of the parameters, with commas; `none` where there are none. */
  readonly parameters: string;
}

/** Reads `function name(a, b) {`, `name(a) {`, `const name = (a) => {`, `async def name(self, a):`. */
export function namedSignature(signature: string): NamedSignature {
  const name = nameIn(signature);
  return { name, words: wordsOf(name), parameters: parametersOf(signature) };
}

const keywords = new Set(['function', 'async', 'def', 'get', 'set', 'static', 'if']);

function nameIn(signature: string): string {
  const assigned = /([\w$]+)\s*[=:]\s*(?:async\b\s*)?(?:function\b|\(|[\w$]+\s*=>)/.exec(signature)?.[1];
  if (assigned !== undefined) return assigned;
  const called = [...signature.matchAll(/([\w$]+)\s*(?:<[^>]*>\s*)?\(/g)].map(([, name]) => name as string);
  return called.find((name) => !keywords.has(name)) ?? 'function';
}

function wordsOf(name: string): string {
  const parted = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return (
    parted
      .replaceAll(/[_$\s]+/g, ' ')
      .trim()
      .toLowerCase() || name
  );
}

function parametersOf(signature: string): string {
  const inside = /\(([\s\S]*)\)/.exec(signature)?.[1] ?? '';
  const names = topLevel(inside).map((part) => /^[.*\s]*([\w$]+)/.exec(part.trim())?.[1] ?? '');
  return names.filter((name) => name !== '' && name !== 'self' && name !== 'cls').join(', ') || 'none';
}

/** Parts between commas that stand in no brackets. */
function topLevel(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{<'.includes(character)) depth += 1;
    if (')]}>'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
