// Joins the modules that a process of the built program loads into few files: it then starts in about half of the
// processor time. "npm run build" runs this behind the compiler. Packages stay where npm put them.
//
// Every entry keeps its place in dist/ and becomes one line that imports its bundle: whoever starts a process by its
// file, or imports the package, finds it there. The other files stay as well, since tests import them one by one.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');
const bundles = path.join(dist, 'bundles');
/** What Node.js is started with again and again, and what the package exports. */
const entries = [
  'index.js',
  'cli/main.js',
  'data/grading/expression-entry.js',
  'record/reader-entry.js',
  'run/worker-entry.js',
  'stages/checker-entry.js',
];
const bundleOf = (entry) => path.join(bundles, entry.replaceAll('/', '-'));

/** In a bundle, `import.meta.url` would be the bundle's: each module is told the place of its own file. */
const ownPlaces = {
  name: 'own-places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      if (!source.includes('import.meta.')) return null;
      if (/import\.meta\.(?!url\b)/.test(source)) throw new Error(`${file}: of import.meta only url is known here`);
      const place = `new URL(${JSON.stringify(path.relative(bundles, file))}, import.meta.url).href`;
      return { contents: source.replaceAll('import.meta.url', `(${place})`) };
    }),
};

for (const entry of entries)
  if (readFileSync(path.join(dist, entry), 'utf8').includes('/bundles/'))
    throw new Error(`dist/${entry} is bundled already; \`npm run build\` compiles it anew.`);
rmSync(bundles, { recursive: true, force: true });
await build({
  absWorkingDir: dist,
  entryPoints: entries.map((entry) => ({ in: entry, out: path.basename(bundleOf(entry), '.js') })),
  outdir: bundles,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  plugins: [ownPlaces],
});
for (const entry of entries) {
  const file = path.join(dist, entry);
  const bundle = path.relative(path.dirname(file), bundleOf(entry));
  writeFileSync(file, `export * from '${bundle.startsWith('.') ? bundle : `./${bundle}`}';\n`);
}
