import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more forks only thrash, and training tests already keep a core busy each.
    maxWorkers: 2,
    pool: 'forks',
  },
});
