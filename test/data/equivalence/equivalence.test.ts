import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { PreferencePair } from '../../../harness/data/index.ts';
import { runPairs } from './measure.ts';

function pair(id: string, language: string, prompt: string, chosen: string, rejected: string): PreferencePair {
  return { id, group: id, language, prompt, chosen, rejected, source: 'test', edits: [] };
}

const sum = (step: string): string => `\n  let n = 0;\n  for (const b of [a, 1]) n += b;\n  ${step}\n  return n;\n}`;

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

describe('running both sides of a pair', () => {
  test('tells a mutant that does something else from one that does not (JavaScript)', async () => {
    const ran = await runPairs(
      [
        pair('other', 'javascript', 'function f(a) {', sum('n++;'), sum('n--;')),
        pair('same', 'javascript', 'function f(a) {', sum('n++;'), sum('++n;')),
        pair(
          'method',
          'javascript',
          'get size() {',
          '\n  return this.list.length;\n}',
          '\n  return this.list.size;\n}',
        ),
        pair('calls', 'javascript', 'f(a) {', '\n  go(a);\n  stop(a);\n}', '\n  stop(a);\n  go(a);\n}'),
        pair('endless', 'javascript', 'f(a) {', '\n  go(a);\n}', '\n  for (;;);\n}'),
        pair('dead', 'javascript', 'f(a) {', '\n  if (false) go();\n}', '\n  if (false) stop();\n}'),
      ],
      null,
    );
    const differs = Object.fromEntries(ran.map(({ id, isExecutable, differs }) => [id, isExecutable ? differs : null]));
    expect(differs).toEqual({ other: true, same: false, method: true, calls: true, endless: true, dead: false });
  });

  test.skipIf(!hasPython())('does so for Python (skipped without python3)', async () => {
    const ran = await runPairs(
      [
        pair(
          'other',
          'python',
          'def f(self, a):',
          '\n    self.n = a\n    return [a]',
          '\n    self.m = a\n    return [a]',
        ),
        pair('same', 'python', 'def f(a, *b):', '\n    return [a, b]', '\n    return [a] + [b]'),
      ],
      'python3',
    );
    expect(ran.map(({ id, differs }) => [id, differs])).toEqual([
      ['other', true],
      ['same', false],
    ]);
  });
});
