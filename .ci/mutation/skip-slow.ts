import { beforeEach } from 'vitest';

/** Names of the tests that the first pass of a mutation run leaves to the second. */
const skipped = new Set<string>(JSON.parse(process.env['HARNESS_SKIPPED_TESTS'] ?? '[]') as string[]);

beforeEach((context) => {
  if (skipped.has(context.task.name)) context.skip();
});
