import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'harness-measure-'));
  for (const folder of ['.ci', 'harness/room', 'test']) mkdirSync(path.join(checkout, folder), { recursive: true });
  cpSync(path.join(repository, '.ci/measure.mjs'), path.join(checkout, '.ci/measure.mjs'));
  symlinkSync(path.join(repository, 'node_modules'), path.join(checkout, 'node_modules'));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function measure(source: string): { status: number | null; total: Readonly<Record<string, number>>; stderr: string } {
  writeFileSync(path.join(checkout, 'harness/room/file.ts'), source);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['.ci/measure.mjs'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
  const values = rows.find(([room]) => room === 'total') ?? [];
  return { status, stderr, total: Object.fromEntries((rows[0] ?? []).map((name, i) => [name, Number(values[i])])) };
}

describe('measure', () => {
  it('counts functions with a name in lines and in characters without indentation', () => {
    // 'function f() {\nreturn 1;\n}' has 26 characters, '() => 2' 7, 'm() {}' 6 and 'get g() {\nreturn 3;\n}' 21.
    const source = [
      'function f() {',
      '  return 1;',
      '}',
      'const bound = () => 2;',
      'class C {',
      '  m() {}',
      '  get g() {',
      '    return 3;',
      '  }',
      '}',
      'f.map((callback) => callback);',
      '',
    ].join('\n');
    expect(measure(source).total).toMatchObject({
      files: 1,
      lines: 11,
      functions: 4,
      'median lines': 1,
      'median chars': 7,
      'p90 chars': 26,
      'longest chars': 26,
    });
  });

  it('fails where long functions are more than one in ten', () => {
    const long = `function f() {\n  ${'a();\n'.repeat(300)}}\n`;
    const { status, stderr } = measure(long);
    expect(status).toBe(1);
    expect(stderr).toContain('the 90th percentile of functions is 1516 characters');
  });

  it('fails for a line over 120 columns that can be broken, and lets strings and installed packages be', () => {
    const sum = `const sum = ${Array.from({ length: 40 }, () => 'one').join(' + ')};\n`;
    expect(measure(sum)).toMatchObject({ status: 1, stderr: expect.stringContaining('harness/room/file.ts:1:') });
    mkdirSync(path.join(checkout, '.ci/docs/node_modules'), { recursive: true });
    writeFileSync(path.join(checkout, '.ci/docs/node_modules/theirs.ts'), sum);
    expect(measure(`const text = '${'word '.repeat(30)}';\n`)).toMatchObject({ status: 0, stderr: '' });
  });
});
