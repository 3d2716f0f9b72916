// node gather.mjs FOLDER: what a check on a card needs of this checkout, with the licences of what others wrote.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cardPairs, seededTokenPairs, tokenPairLines } from '../dist/bench/seeded-token-pairs.js';

const root = path.resolve(import.meta.dirname, '..');
const target = path.resolve(process.argv[2]);
/** Of what package.json names: no check draws, collects, reads code or grades. */
const notNeeded = new Set([
  '@duckdb/node-api',
  '@resvg/resvg-js',
  '@vscode/tree-sitter-wasm',
  'dejavu-fonts-ttf',
  'vega',
  'vega-lite',
]);
/** Types, sources and maps, and the programs of other systems. */
const leftOut = /\.(map|d\.ts|d\.mts|d\.cts|ts|flow|md|markdown)$|napi-v6[/\\](win32|darwin|linux[/\\]arm64)/;
/** Several builds of one package: Node.js loads the first here. */
const loaded = {
  '@tensorflow/tfjs-core': /^dist[/\\]tf-core\.node\.js$/,
  '@tensorflow/tfjs-backend-cpu': /^dist[/\\]tf-backend-cpu\.node\.js$/,
  '@tensorflow/tfjs-backend-wasm': /^dist[/\\](tf-backend-wasm\.node\.js|.*\.wasm)$/,
};

const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const packed = new Set();
for (const name of [...Object.keys(dependencies), 'onnxruntime-node']) if (!notNeeded.has(name)) pack(name, root);
copy('package.json');
copy('LICENSE');
copy('dist', (file) => !leftOut.test(file) && !file.startsWith(path.join('dist', 'vendor')));
copy('harness/cli/bin.mjs');
copy('harness/bench/peer-pytorch', (file) => !file.includes('__pycache__'));
copy('.gpu');
copyLicence('onnxruntime-node', path.join(root, '.ci', 'onnxruntime-LICENSE.txt'));
packNode();
writeFileSync(path.join(target, 'pairs.jsonl'), tokenPairLines(seededTokenPairs(cardPairs)));

function copy(relative, isKept = () => true) {
  cpSync(path.join(root, relative), path.join(target, relative), {
    recursive: true,
    filter: (file) => isKept(path.relative(root, file)),
  });
}

/** The package and what it depends on, flat. */
function pack(name, from) {
  if (packed.has(name) || name.startsWith('@types/')) return;
  const folder = installed(name, from);
  if (folder === null) return;
  packed.add(name);
  const isKept = (file) => {
    const relative = path.relative(folder, file);
    if (relative.includes('node_modules') || leftOut.test(path.join(path.sep, relative))) return false;
    const only = loaded[name];
    return only === undefined || !/^dist[/\\]./.test(relative) || only.test(relative);
  };
  cpSync(folder, path.join(target, 'node_modules', name), { recursive: true, filter: isKept });
  copyLicence(name, licenceIn(folder));
  const { dependencies: needed = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(needed)) pack(dependency, folder);
}

/** null where a package of another system was not installed. */
function installed(name, from) {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
  }
  return null;
}

function licenceIn(folder) {
  const found = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  return found === undefined ? null : path.join(folder, found);
}

/** A package without a licence file names it in its package.json. */
function copyLicence(name, file) {
  const to = path.join(target, 'LICENSES', name.replace('/', '-'));
  mkdirSync(path.dirname(to), { recursive: true });
  if (file !== null) return cpSync(file, to, { dereference: true });
  const { license, author } = JSON.parse(readFileSync(path.join(target, 'node_modules', name, 'package.json'), 'utf8'));
  writeFileSync(to, `${name}: ${JSON.stringify({ license, author })}\n`);
}

/** The program that runs this. Its licence lies where its package put it. */
function packNode() {
  mkdirSync(path.join(target, 'bin'), { recursive: true });
  cpSync(process.execPath, path.join(target, 'bin', 'node'), { dereference: true });
  chmodSync(path.join(target, 'bin', 'node'), 0o755);
  const places = ['../share/doc/nodejs/LICENSE', '../LICENSE', '../share/doc/nodejs/copyright'];
  const licence = places.map((place) => path.resolve(path.dirname(process.execPath), place)).find(existsSync);
  if (licence === undefined) throw new Error(`no licence of Node.js beside ${process.execPath}`);
  cpSync(licence, path.join(target, 'LICENSES', 'node'), { dereference: true });
}
