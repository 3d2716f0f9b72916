import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cut } from './cut.ts';

const room = path.resolve(import.meta.dirname, '../../../harness/data');
const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test('a function of real code that is cut out is a whole function: cut again on its own, it is the same', async () => {
  let cutAgain = 0;
  for (const file of files) {
    const { functions, drops } = await cut('a.ts', readFileSync(path.join(room, file), 'utf8'), ['function']);
    expect(drops, file).not.toContain('function: syntax error');
    // Properties of an object are no statements on their own.
    for (const { signature, body } of functions.filter((fn) =>
      /^(?:export|async|function|const)\b/.test(fn.signature),
    )) {
      const again = await cut('a.ts', `${signature}${body}\n`, ['function']);
      expect(again.functions[0], `${file}: ${signature}`).toMatchObject({ signature, body });
      cutAgain += 1;
    }
  }
  expect(cutAgain).toBeGreaterThan(500);
});
