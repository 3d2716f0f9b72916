import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { benchData } from '../../harness/bench/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bench-data-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('says what was found, kept and left out, in how many bytes, and leaves nothing behind', async () => {
  const texts = [
    '/** Adds what is missing. */\nfunction add(a) {\n  return a.missing + 12345;\n}\n',
    'function join(list, sign) {\n  return list.map(String).join(sign);\n}\n',
    'function add2(a) {\n  return a.missing + 12345;\n}\n',
  ];
  writeFileSync(path.join(folder, 'a.js'), texts.join('\n'));
  writeFileSync(path.join(folder, 'b.test.js'), texts.join('\n'));
  const scratch = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('bench-data-'));
  const before = scratch();
  const result = await benchData({
    folder,
    cacheFolder: folder,
    languages: ['javascript'],
    keep: [],
    units: ['function'],
    minCharacters: 20,
    maxCharacters: 400,
  });
  expect(result).toMatchObject({
    files: 1,
    sourceBytes: texts.join('\n').length,
    found: 3,
    kept: 2,
    described: 1,
    counts: { 'file: test or fixture': 1, 'function: duplicate': 1 },
  });
  expect(result.foundPerSecond).toBeCloseTo(3 / (result.cutSeconds + result.writeSeconds));
  expect(result.peakMemoryBytes).toBeGreaterThan(20e6);
  expect(scratch()).toEqual(before);
});
