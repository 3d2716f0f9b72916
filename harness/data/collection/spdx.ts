/** Licences as collections write them, as SPDX identifiers. */

const identifiers = [
  '0BSD',
  'AFL-3.0',
  'AGPL-3.0',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ECL-2.0',
  'EPL-1.0',
  'EPL-2.0',
  'EUPL-1.2',
  'GPL-2.0',
  'GPL-3.0',
  'ISC',
  'LGPL-2.1',
  'LGPL-3.0',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'NCSA',
  'OFL-1.1',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'UPL-1.0',
  'WTFPL',
  'Zlib',
];
const bySpelling = new Map(identifiers.map((identifier) => [identifier.toLowerCase(), identifier]));

/**
 * One expression for what a row says: a file that stands under several licences must be used under all of them
 * (`AND`). `unknown` where it says nothing.
 */
export function licenseExpression(written: unknown): string {
  const names = [written]
    .flat()
    .filter((one): one is string => typeof one === 'string' && one.trim() !== '')
    .map((name) => bySpelling.get(name.trim().toLowerCase()) ?? name.trim());
  return names.length === 0 ? 'unknown' : [...new Set(names)].sort().join(' AND ');
}
