/** The page docs/benchmarks-of-reward-models.md, followed by copy and paste. */
import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { scorings } from '../../harness/eval/index.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { openPage } from './page.ts';

const page = openPage('benchmarks-of-reward-models.md');
afterAll(() => rmSync(page.folder, { recursive: true, force: true }));

it('prints what the page says that it prints', () => {
  const output = page.run(page.commands.find((command) => command.includes('import-scores')) ?? 'false');
  for (const line of page.output.filter((one) => /^(the benchmark's own|score )/.test(one)))
    expect(output).toContain(line);
  expect(page.output.filter((line) => line.startsWith('score '))).toHaveLength(1);
}, 30_000);

it('names every kind of task over a benchmark', () => {
  const benchmarks = builtInKinds.tasks.filter(({ scoring, headline }) => headline === `eval/${scoring}_score`);
  expect(benchmarks.length).toBe(scorings.length - 1);
  for (const { kind } of benchmarks) expect(page.text).toContain(`| \`${kind}\` |`);
});
