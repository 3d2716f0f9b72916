// Puts ONNX Runtime and what it needs into dist/node_modules, where the built program finds it before any other.
//   npm pack runs this; the packed package has ONNX Runtime inside instead of depending on it.
// Why: the package's install script downloads CUDA libraries (hundreds of MB) and fails the whole installation where
// its host cannot be reached. A package cannot forbid the scripts of its dependencies, and npm 10 and 11 run them.
// `harness doctor` says how to have CUDA.
import { copyFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'dist', 'node_modules');
/** The harness needs process groups, so it has no use for Windows. */
const leftOut = /[/\\]bin[/\\]napi-v6[/\\]win32([/\\]|$)/;
const versions = new Map();

bundle('onnxruntime-node', root);
copyFileSync(
  path.join(import.meta.dirname, 'onnxruntime-LICENSE.txt'),
  path.join(target, 'onnxruntime-node', 'LICENSE'),
);

/** Copies a package and its dependencies, flat. Two versions of one package would need nesting, which is refused. */
function bundle(name, from) {
  const folder = installed(name, from);
  const { version, dependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const known = versions.get(name);
  if (known !== undefined && known !== version)
    throw new Error(`ONNX Runtime needs ${name} in two versions: ${known} and ${version}`);
  if (known !== undefined) return;
  versions.set(name, version);
  const isKept = (file) => !leftOut.test(file) && !file.slice(folder.length).includes('node_modules');
  cpSync(folder, path.join(target, name), { recursive: true, filter: isKept });
  for (const dependency of Object.keys(dependencies)) bundle(dependency, folder);
}

function installed(name, from) {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
  }
  throw new Error(`${name} is not installed: run "npm ci"`);
}
