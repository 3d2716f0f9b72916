/**
 * Before tests of the built program: the programs that they start, each joined with what it loads of the built program.
 * Node starts them in a fraction of the time that a thousand files take. `test/built/` lies beside the built program as
 * `test/` does beside the sources.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { builtFolder } from './test-program.ts';

const tests = path.resolve(import.meta.dirname, '..');
const root = path.dirname(tests);
const [sources, dist, builtTests] = [
  path.join(root, 'harness'),
  path.join(root, 'dist'),
  path.join(builtFolder, 'test'),
];

const programs = [
  'data/endpoint/client-main.ts',
  'launch/fixtures/carry-out.ts',
  'launch/fixtures/stage-main.ts',
  'record/collect-in-loop.ts',
  'record/collect-once.ts',
  'record/come-and-go.ts',
  'run/fixtures/conductor-main.ts',
  'run/fixtures/peak-memory.ts',
  'run/fixtures/worker-entry.ts',
];

export default async function buildPrograms(): Promise<void> {
  // Each project of the tests has this among its own.
  if (process.env['HARNESS_TEST_PROGRAMS'] !== undefined) return;
  process.env['HARNESS_TEST_PROGRAMS'] = builtTests;
  rmSync(builtFolder, { recursive: true, force: true });
  mkdirSync(builtFolder);
  symlinkSync(dist, path.join(builtFolder, 'harness'));
  await build({
    entryPoints: programs.map((program) => path.join(tests, program)),
    outbase: tests,
    outdir: builtTests,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    plugins: [builtProgram, ownPlaces],
  });
}

/** What a test imports from harness/ is the built program. */
const builtProgram: Plugin = {
  name: 'built-program',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\..*\.ts$/ }, ({ path: imported, resolveDir }) => {
      const inSources = path.relative(sources, path.resolve(resolveDir, imported));
      return inSources.startsWith('..') ? null : { path: path.join(dist, inSources.replace(/\.ts$/, '.js')) };
    }),
};

/** In a bundle `import.meta` would be the bundle's: each module is told the place of its own file. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.[jt]s$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const place = placeOf(file);
      const said = { url: pathToFileURL(place).href, filename: place, dirname: path.dirname(place) };
      const contents = source.replaceAll(/import\.meta\.(url|filename|dirname)\b/g, (_, name: keyof typeof said) =>
        JSON.stringify(said[name]),
      );
      return { contents, loader: file.endsWith('.ts') ? 'ts' : 'js' };
    }),
};

function placeOf(file: string): string {
  const inTests = path.relative(tests, file);
  return inTests.startsWith('..') ? file : path.join(builtTests, inTests.replace(/\.ts$/, '.js'));
}
