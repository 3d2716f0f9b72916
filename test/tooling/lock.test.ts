import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../.ci/check-lock.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function project(allowScripts: Readonly<Record<string, boolean>>): void {
  const packages = {
    'node_modules/plain': { version: '1.0.0' },
    'node_modules/a/node_modules/native': { version: '1.0.0', hasInstallScript: true },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ allowScripts }));
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
}

function check(...args: readonly string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
}

describe('check-lock', () => {
  it('refuses an install script that the lockfile announces, and says how to remove it', () => {
    project({ native: false });
    expect(check()).toMatchObject({ status: 1 });
    expect(check().stderr).toContain('check-lock.mjs --fix');
  });

  it('removes announcements of denied scripts, and nothing else', () => {
    project({ native: false });
    expect(check('--fix').status).toBe(0);
    expect(check().status).toBe(0);
    expect(JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8'))).toEqual({
      lockfileVersion: 3,
      packages: {
        'node_modules/plain': { version: '1.0.0' },
        'node_modules/a/node_modules/native': { version: '1.0.0' },
      },
    });
  });

  it('refuses a script that nobody has decided about, with --fix too', () => {
    project({});
    const { status, stderr } = check('--fix');
    expect(status).toBe(1);
    expect(stderr).toContain('does not deny the install script of native');
  });
});
