import { expect, test } from 'vitest';
import { generatedFamilies, generateTask } from '../../../harness/data/index.ts';
import { builtInKinds } from '../../../harness/kinds/index.ts';
import { generated } from '../../../harness/kinds/tasks/generated.ts';
import { kindOf, type TaskSpec } from '../../../harness/spec/index.ts';

const taskOf = (family: string, difficulty: number) =>
  generated.schema.parse({
    kind: 'generated',
    name: 'x',
    family,
    difficulty,
    trainPairs: 100,
    devPairs: 10,
    testPairs: 10,
    testQuestions: 5,
  }) as unknown as Parameters<typeof generated.lengths>[0];
const io = {
  cacheFolder: 'unused',
  scratchFolder: 'unused',
  mirrorFolder: null,
  tokenizerFolder: null,
  responseEnd: null,
  download: false,
  note: () => {},
  grader: null,
};

test.each(generatedFamilies)('expected lengths of %s are those of generated pairs, in characters', async (family) => {
  for (const difficulty of [1, 3, 5]) {
    const task = taskOf(family, difficulty);
    const { train } = await generated.read(task, io);
    const mean = (pick: (pair: (typeof train)[number]) => string): number =>
      train.reduce((sum, pair) => sum + pick(pair).length, 0) / train.length;
    const { prompt, chosen } = generated.lengths(task, 1024);
    for (const [expected, measured] of [
      [prompt * 1.25, mean((pair) => pair.prompt)],
      [(chosen - 1) * 1.25, mean((pair) => pair.chosen)],
    ] as const)
      expect(Math.abs(expected / measured - 1), `difficulty ${difficulty}`).toBeLessThan(0.25);
  }
});

test('reads what the generator gives for the same fields, and needs no data files', async () => {
  const task: TaskSpec = taskOf('algebra', 2);
  const kind = kindOf(builtInKinds.tasks, task);
  expect(await kind.read(task, io)).toEqual(generateTask(taskOf('algebra', 2)));
  expect(kind.digest?.(task) ?? null).toBeNull();
});
