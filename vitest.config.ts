import path from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const sources = path.join(import.meta.dirname, 'harness') + path.sep;

/**
 * `--mode built`, as in `npm test`: what tests import from harness/ is the built program, which Node loads as it is. It
 * is what people run, and a worker process starts in a third of the time that the sources take.
 */
const builtProgram: Plugin = {
  name: 'built-program',
  enforce: 'pre',
  resolveId(source, importer) {
    if (importer === undefined || !/^\..*\.ts$/.test(source)) return null;
    const file = path.resolve(path.dirname(importer), source);
    if (!file.startsWith(sources)) return null;
    return path.join(import.meta.dirname, 'dist', `${file.slice(sources.length, -'.ts'.length)}.js`);
  },
};

/**
 * What needs a process of its own. ONNX Runtime lets the thread that makes a session flush denormals, which the first
 * reads. tfjs keeps backends and their binding in one place for the whole process, and the second needs the native one.
 */
const alone = ['test/engine/half-floats.test.ts', 'test/engine/tfjs-native.test.ts'];

/**
 * What is long and seldom changes: the pages of docs/ followed to the end, installers, and the engine tfjs. A project of
 * its own, so that `npm test` stays short: `npm run test:long`.
 */
const long = [
  'test/backends/install-torch.test.ts',
  'test/bench/device-checks.test.ts',
  'test/docs/{corpora,pairs,plugins,use-your-code,use-your-model,use-your-preferences}.test.ts',
  'test/end-to-end/tfjs.test.ts',
  'test/engine/{tfjs-install,tfjs-training}.test.ts',
];

/**
 * What a second version of Node.js need not run again: long runs of training and scoring, whose work is the engine's
 * and the same under any of them. The sweep from end to end, kills, and the engine's own tests are run.
 */
const arithmetic = [
  'test/data/mutate/corpus.test.ts',
  'test/end-to-end/{adapters,benchmarks,checkpoint,model-pairs,over-length,own-data}.test.ts',
  'test/end-to-end/{training-features,two-tokenizers}.test.ts',
  'test/generate/generate-responses.test.ts',
  'test/model/reach.test.ts',
];

/** The files that take longest, in this order before all others: a long one that begins last leaves a core idle. */
const longest = [
  'test/end-to-end/sweep.test.ts',
  'test/launch/backend.test.ts',
  'test/run/kill.test.ts',
  'test/end-to-end/checkpoint.test.ts',
  'test/end-to-end/model-pairs.test.ts',
  'test/run/sweep.test.ts',
  'test/plugins/five-files.test.ts',
  'test/gate/gate.test.ts',
  'test/run/two-sweeps.test.ts',
  'test/end-to-end/adapters.test.ts',
  'test/end-to-end/training-features.test.ts',
  'test/faults/faults.test.ts',
  'test/report/browser.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      // Between files that share a process, one alone would end that process.
      if (project.config.isolate) return -1;
      const at = longest.indexOf(path.relative(import.meta.dirname, moduleId));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig(({ mode }) => {
  const isBuilt = mode === 'built';
  const exclude = [...alone, ...long, ...(process.env['HARNESS_TEST_ARITHMETIC'] === '0' ? arithmetic : [])];
  // Projects do not inherit the mode, so each is given the plug-in.
  const plugins = isBuilt ? [builtProgram] : [];
  return {
    test: {
      env: isBuilt ? { HARNESS_TEST_BUILT: '1' } : {},
      globalSetup: ['test/programs/temporary-folder.ts', ...(isBuilt ? ['test/programs/build-programs.ts'] : [])],
      sequence: { sequencer: LongestFirst },
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // Two cores: more forks only thrash, and training tests already keep a core busy each.
      maxWorkers: 2,
      pool: 'forks',
      // One process loads the program once for all its test files: half the time of the suite was loading it.
      isolate: false,
      // Plug-ins are imported with their digest behind the path: by Node itself, as outside of tests.
      server: { deps: { external: [/\?[0-9a-f]{12}$/, /\/dist\/.*\.js$/] } },
      projects: [
        { extends: true, plugins, test: { name: 'suite', include: ['test/**/*.test.ts'], exclude } },
        { extends: true, plugins, test: { name: 'alone', include: alone, isolate: true } },
        { extends: true, plugins, test: { name: 'long', include: long } },
      ],
      // Only with `npm run coverage`. What worker processes run is not seen: they are processes of their own.
      coverage: {
        provider: 'v8',
        include: ['harness/**/*.ts'],
        reporter: ['text-summary', 'html', 'json-summary'],
        reportsDirectory: 'coverage',
      },
    },
  };
});
