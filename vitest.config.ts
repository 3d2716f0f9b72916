import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more forks only thrash, and training tests already keep a core busy each.
    maxWorkers: 2,
    pool: 'forks',
    // Only with `npm run coverage`. What worker processes run is not seen: they are processes of their own.
    coverage: {
      provider: 'v8',
      include: ['harness/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
});
