/**
 * A corpus of made-up functions in the place where the installed packages would lie, so that whole sweeps run without a
 * network.
 */
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { corpusLockDigest } from '../../harness/data/index.ts';

// To the corpus, functions of one shape or with most of their tokens in common are near-duplicates: every function is
// another sequence of these statements, about other names.
const statements: readonly ((n: number) => string)[] = [
  (n) => `  let total = left.length - ${n};\n  for (let i = 0; i < left.length; i++) total += left[i];\n`,
  (n) => `  if (left > right && right !== ${n}) return left - right;\n`,
  (n) =>
    `  const seen = new Map();\n  for (const item of left) seen.set(item.key, (seen.get(item.key) ?? ${n}) + 1);\n`,
  (n) => `  const scaled = Math.max(left, right) * ${n} + 1;\n  if (!scaled) return right;\n`,
  (n) => `  while (left.size < right.size || left.next === null) left.push(right.pop(${n}));\n`,
];

function functionText(index: number): string {
  const digits = [index % 5, Math.floor(index / 5) % 5, Math.floor(index / 25) % 5];
  const body = digits.map(
    (digit, position) => `  {\n${(statements[digit] as (typeof statements)[number])(position + digit)}  }\n`,
  );
  const text =
    `// Step ${index} of the made-up corpus.\nexport function step${index}(left, ` +
    `right) {\n${body.join('')}  return left.map((item) => item + right);\n}\n`;
  return text.replaceAll(/\b(?:left|right|item)\b/g, (name) => `${name}${index}`);
}

/** A cache folder; pass it as HARNESS_CACHE. */
export function fixtureCache(): string {
  const cache = mkdtempSync(path.join(tmpdir(), 'harness-cache-'));
  const corpus = path.join(cache, `npm-corpus-${corpusLockDigest().slice(0, 16)}`);
  const source = path.join(corpus, 'node_modules', 'made-up', 'lib');
  mkdirSync(source, { recursive: true });
  writeFileSync(
    path.join(corpus, 'package.json'),
    JSON.stringify({ name: 'fixture', dependencies: { 'made-up': '1.0.0' } }),
  );
  writeFileSync(
    path.join(corpus, 'node_modules', 'made-up', 'package.json'),
    JSON.stringify({ name: 'made-up', version: '1.0.0', license: 'MIT' }),
  );
  const functions = Array.from({ length: 125 }, (_, index) => functionText(index));
  for (const [index, text] of functions.entries()) writeFileSync(path.join(source, `part-${index}.js`), text);
  return cache;
}

/** A copy of a shipped file in a folder of the test's own, as a user would have it. */
export function copyOf(file: string, folder: string): string {
  const target = path.join(folder, path.basename(file));
  copyFileSync(file, target);
  return target;
}
