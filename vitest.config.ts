import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more forks only thrash, and training tests already keep a core busy each.
    maxWorkers: 2,
    pool: 'forks',
    // Plug-ins are imported with their digest behind the path: by Node itself, as outside of tests.
    server: { deps: { external: [/\?[0-9a-f]{12}$/] } },
    // Only with `npm run coverage`. What worker processes run is not seen: they are processes of their own.
    coverage: {
      provider: 'v8',
      include: ['harness/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
});
