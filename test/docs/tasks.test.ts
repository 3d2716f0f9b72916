import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetNames, loadDatasetManifest } from '../../harness/data/index.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/tasks.md'), 'utf8');

describe('docs/tasks.md', () => {
  it.each(builtInKinds.tasks.map(({ kind }) => kind))('has a row for %s', (kind) => {
    expect(page).toMatch(new RegExp(`^\\| \`${kind}\`[,|  ]`, 'm'));
  });

  it('names every dataset without a public address', () => {
    const unpublished = datasetNames().filter((name) =>
      loadDatasetManifest(name).files.some(({ url }) => url === null),
    );
    expect(unpublished.length).toBeGreaterThan(0);
    for (const name of unpublished) expect(page).toContain(`\`${name}\``);
  });
});
