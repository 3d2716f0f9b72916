import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile, writeFileAtomically } from '../../harness/store/index.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harness-durable-'));
  file = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => async (temporary: string) => writeFileSync(temporary, text);

test.each([true, false])('a file is replaced whole and leaves no temporary one behind (durable: %s)', (isDurable) => {
  writeFileAtomically(file, 'one', isDurable);
  writeFileAtomically(file, 'two', isDurable);
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('where a file cannot be put in place, no temporary one is left', () => {
  mkdirSync(join(file, 'in-the-way'), { recursive: true });
  expect(() => writeFileAtomically(file, 'text', true)).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a file that a library writes replaces the old one only when it is complete', async () => {
  await replaceFile(file, write('one'));
  const failing = replaceFile(file, async (temporary) => {
    writeFileSync(temporary, 'half');
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(readFileSync(file, 'utf8')).toBe('one');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('two writers of one process do not share a temporary file', async () => {
  const names = new Set<string>();
  const slow = async (temporary: string): Promise<void> => {
    names.add(temporary);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(temporary, 'text');
  };
  await Promise.all([replaceFile(file, slow), replaceFile(file, slow)]);
  expect(names.size).toBe(2);
});
