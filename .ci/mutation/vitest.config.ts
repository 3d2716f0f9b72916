import { defineConfig } from 'vitest/config';

/** The tests of one room, on the sources: Stryker changes those, and not the built program. */
export default defineConfig({
  test: {
    include: (process.env['HARNESS_MUTATED_TESTS'] ?? '').split(' '),
    isolate: false,
    setupFiles: ['.ci/mutation/skip-slow.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\?[0-9a-f]{12}$/] } },
  },
});
