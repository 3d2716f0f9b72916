/** SPDX licence expressions (ISO/IEC 5962): whether a list of licences permits one. */

/** Licences that ask for no more than attribution. */
export const permissiveLicenses: readonly string[] = [
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'Zlib',
  'PSF-2.0',
  'Python-2.0',
  'BlueOak-1.0.0',
];

/** The identifiers of an expression; empty for `unknown`. */
export function licensesIn(expression: string): readonly string[] {
  return tokensOf(expression).filter((token) => !/^(?:\(|\)|AND|OR|WITH|unknown)$/i.test(token));
}

/**
 * Whether a licence is among those allowed: of alternatives (OR) one, of parts that hold together (AND) all. An
 * exception (WITH) adds permissions and does not count. `unknown` only where the list names it.
 */
export function isPermitted(expression: string, allowed: readonly string[] | null): boolean {
  if (allowed === null) return true;
  const names = new Set(allowed.map(plain));
  const tokens = tokensOf(expression);
  if (tokens.length === 0) return names.has('unknown');
  const reader = { tokens, at: 0 };
  const result = alternatives(reader, names);
  // What cannot be read to its end permits nothing.
  return result && reader.at === tokens.length;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function tokensOf(expression: string): readonly string[] {
  // `MIT/X11`, `MIT or GPL-2.0`: npm and PyPI once allowed both.
  return expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
}

function alternatives(reader: Reader, names: ReadonlySet<string>): boolean {
  let result = together(reader, names);
  while (takes(reader, 'OR')) result = together(reader, names) || result;
  return result;
}

function together(reader: Reader, names: ReadonlySet<string>): boolean {
  let result = single(reader, names);
  while (takes(reader, 'AND')) result = single(reader, names) && result;
  return result;
}

function single(reader: Reader, names: ReadonlySet<string>): boolean {
  if (takes(reader, '(')) {
    const result = alternatives(reader, names);
    return takes(reader, ')') && result;
  }
  const name = reader.tokens[reader.at];
  reader.at += 1;
  if (takes(reader, 'WITH')) reader.at += 1;
  return name !== undefined && names.has(plain(name));
}

function takes(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at]?.toUpperCase() !== token) return false;
  reader.at += 1;
  return true;
}

/** In lower case, and in the one spelling of versions: `GPL-3.0`, `GPL-3.0-only` and `GPL-3.0+`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/(?:-only|-or-later|\+)$/, '');
}
