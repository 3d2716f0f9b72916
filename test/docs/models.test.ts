/** docs/models.md names what is there: families, refusals, and a record as it stands in its file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { familyNamed, familyNames } from '../../harness/families/index.ts';
import { readConfig } from '../../harness/model/index.ts';

const root = path.join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = text('docs/models.md');

/** What a folder with this config.json is told, as the command line prints it. */
function told(folderName: string, config: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'models-page-'));
  const file = path.join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  try {
    readConfig(file);
  } catch (error) {
    return `harness: ${(error as Error).message.replace(folder, folderName)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return 'it was read';
}

describe('docs/models.md', () => {
  it('has a row for every family', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| `(\w+)` \|/gm)].map(([, family, type]) => [family, type]);
    const expected = familyNames.map((name) => [name, familyNamed(name).dialect.modelType]);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });

  it('shows the messages that a person gets', () => {
    expect(page).toContain(told('models/judge', { model_type: 'deberta-v2' }));
    expect(page).toContain(told('models/new', { model_type: 'acme', num_experts: 8, logit_scale: 0.0625 }));
  });

  it('shows a record as it stands in its file', () => {
    const [, record = ''] = /```ts\n([^`]+)```/.exec(page) ?? [];
    expect(record).toContain('qwen3');
    expect(text('harness/families/qwen3.ts')).toContain(record);
  });
});
