import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '../../.ci/release.mjs');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'harness-release-'));
  mkdirSync(path.join(checkout, '.ci'));
  cpSync(script, path.join(checkout, '.ci/release.mjs'));
  write('.ci/run', 'echo checked >> checks.log\n');
  write('.gitignore', 'checks.log\n');
  write('package.json', '{ "name": "example", "version": "1.0.0" }\n');
  write('package-lock.json', '{ "name": "example", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }\n');
  write('CHANGELOG.md', '# Changelog\n\n## 1.1.0\n\n- New: a thing.\n\n## 1.0.1\n\n## 1.0.0\n\n- First.\n');
  for (const args of [
    ['init', '--quiet'],
    ['config', 'user.name', 'A'],
    ['config', 'user.email', 'a@example.org'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'first'],
  ])
    git(...args);
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(path.join(checkout, file), text);
}

function git(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('git', args, { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

function release(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['.ci/release.mjs', ...args], { cwd: checkout, encoding: 'utf8' });
}

describe('release', () => {
  it('runs the checks, sets the version, commits and tags', () => {
    expect(release('1.1.0')).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(path.join(checkout, 'checks.log'), 'utf8')).toBe('checked\n');
    expect(JSON.parse(git('show', 'v1.1.0:package.json'))).toMatchObject({ version: '1.1.0' });
    expect(JSON.parse(git('show', 'v1.1.0:package-lock.json'))).toMatchObject({ version: '1.1.0' });
    expect(git('log', '-1', '--format=%s')).toBe('release: 1.1.0');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('tags the version that package.json has already, without a commit of its own', () => {
    expect(release('1.0.0')).toMatchObject({ status: 0, stderr: '' });
    expect(git('rev-parse', 'v1.0.0^{commit}')).toBe(git('rev-parse', 'HEAD'));
    expect(git('rev-list', '--count', 'HEAD')).toBe('1');
  });

  it('changes nothing in a dry run', () => {
    const { status, stdout } = release('1.1.0', '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('$ git tag --annotate v1.1.0');
    expect([git('tag'), git('status', '--porcelain'), git('rev-list', '--count', 'HEAD')]).toEqual(['', '', '1']);
  });

  it.each([
    ['no version', [], 'usage'],
    ['a word as the version', ['next'], 'no version X.Y.Z'],
    ['an unknown flag', ['1.1.0', '--force'], 'usage'],
    ['a lower version', ['0.9.0'], 'lower than 1.0.0'],
    ['a version without a section in the changelog', ['1.2.0'], 'no section "## 1.2.0"'],
    ['a version whose section is empty', ['1.0.1'], '"## 1.0.1" of CHANGELOG.md is empty'],
  ])('refuses %s', (_, args, message) => {
    const { status, stderr } = release(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(git('tag')).toBe('');
  });

  it('refuses a checkout with changes, and a tag that exists', () => {
    write('note.txt', 'x');
    expect(release('1.1.0').stderr).toContain('the checkout has changes');
    rmSync(path.join(checkout, 'note.txt'));
    git('tag', 'v1.1.0');
    expect(release('1.1.0').stderr).toContain('the tag v1.1.0 exists already');
  });

  it('tags nothing where a check fails', () => {
    write('.ci/run', 'exit 1\n');
    git('commit', '--quiet', '--all', '-m', 'broken');
    const { status, stderr } = release('1.1.0');
    expect([status, git('tag')]).toEqual([1, '']);
    expect(stderr).toContain('"bash .ci/run" failed');
  });
});
