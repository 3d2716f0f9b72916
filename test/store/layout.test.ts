/** The layout of a results folder is spelled in one room. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { experimentFile, foldersOf, recordedOutputs, stageFiles } from '../../harness/store/layout.ts';

const root = join(import.meta.dirname, '../../harness');
const others = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith(`store${sep}`),
);

/** A string of the program, with the name as a whole or as the end of a path. Comments may name files. */
const spelled = (name: string): RegExp => new RegExp(`(['"\`])([^'"\`\\n]*/)?${name.replaceAll('.', '\\.')}\\1`);
const joined = (name: string): RegExp => new RegExp(`join\\([^)\\n]*(['"\`])([^'"\`\\n]*/)?${name}\\1`);

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

const offendersOf = (pattern: RegExp): readonly string[] =>
  others.filter((file) => pattern.test(withoutComments(readFileSync(join(root, file), 'utf8'))));

test.each([
  ...Object.values(stageFiles),
  experimentFile,
  'sweep.lock',
  'harness.duckdb',
  ...Object.values(recordedOutputs),
])('no other room spells %s', (name) => expect(offendersOf(spelled(name))).toEqual([]));

test.each(foldersOf(''))('no other room joins a path with %s', (name) => expect(offendersOf(joined(name))).toEqual([]));

test('the search finds what it looks for', () => {
  expect(spelled('done.json').test("join(folder, 'done.json')")).toBe(true);
  expect(spelled('done.json').test('`${folder}/done.json`')).toBe(true);
  expect(spelled('done.json').test(withoutComments('/** `done.json` is last */'))).toBe(false);
  expect(joined('store').test("join(resultsFolder, 'store', id)")).toBe(true);
  expect(joined('logs').test("name: 'logs'")).toBe(false);
});
