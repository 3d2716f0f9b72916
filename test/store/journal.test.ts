import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../harness/store/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';

const attempt = '{"kind":"attempt","attempt":1,"startedAt":"2026-01-02T03:04:05.000Z","resumedFromStep":null}\n';
const metric = '{"kind":"metric","step":1,"name":"train/loss","value":0.5}\n';

function journalOf(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'harness-journal-')), 'journal.jsonl');
  writeFileSync(path, text);
  return path;
}

describe('readJournal', () => {
  it('gives every whole line and reports a torn last one without failing', () => {
    const { events, torn } = readJournal(journalOf(attempt + metric + metric.slice(0, 20)));
    expect(events.map((event) => event.kind)).toEqual(['attempt', 'metric']);
    expect(torn).toEqual({ line: 3, text: metric.slice(0, 20) });
  });

  it('takes a last line without its newline for torn, even where it happens to be whole JSON', () => {
    const { events, torn } = readJournal(journalOf(attempt + metric.trimEnd()));
    expect(events).toHaveLength(1);
    expect(torn?.line).toBe(2);
  });

  it.each([
    ['half a line', metric.slice(0, 20) + '\n', 'not a line of JSON'],
    ['an empty line', '\n', 'not a line of JSON'],
    [
      'a metric whose value went missing',
      '{"kind":"metric","step":1,"name":"train/loss","value":null}\n',
      'not a journal event',
    ],
    ['an unknown kind', '{"kind":"toString"}\n', 'not a journal event'],
  ])('refuses %s in the middle, with file and line', (_, bad, complaint) => {
    const path = journalOf(attempt + bad + metric);
    expect(() => readJournal(path)).toThrow(UserError);
    expect(() => readJournal(path)).toThrow(`${path}:2: ${complaint}`);
  });
});
