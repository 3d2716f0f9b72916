/**
 * The parts of a TensorFlow for Python that the addon needs: two libraries and the headers of its C API. They come out
 * of a wheel or of an installed package; both answer the same questions.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';

export interface Tensorflow {
  readonly version: string;
  /** For people: the wheel's file or the package's folder. */
  readonly place: string;
  /** Paths are those inside the package `tensorflow`. */
  has(file: string): boolean;
  text(file: string): Promise<string>;
  /** Writes a copy. @throws UserError (3) where a wheel's has another digest than the wheel says. */
  copy(file: string, target: string): Promise<void>;
  close(): Promise<void>;
}

/** Shared libraries and the names under which the addon is linked against them. */
const libraries = {
  'libtensorflow_cc.so.2': 'libtensorflow.so',
  'libtensorflow_framework.so.2': 'libtensorflow_framework.so',
};
/** Those of the C API: without them it is no TensorFlow that an addon can be compiled against. */
const mainHeaders = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h'];

/** The package that a build of TensorFlow is to serve. */
export interface Wanted {
  readonly needsCuda: boolean;
}

/** @throws UserError (3) where it lacks a part, or CUDA where that is wanted. */
export async function checkParts(tensorflow: Tensorflow, { needsCuda }: Wanted): Promise<void> {
  const parts = [...Object.keys(libraries), ...mainHeaders.map((header) => `include/${header}`)];
  const missing = parts.filter((part) => !tensorflow.has(part));
  if (missing.length > 0)
    throw new UserError(`${tensorflow.place} has no ${missing.join(', ')}`, {
      exitCode: 3,
      hint: 'Take the package tensorflow-cpu (or tensorflow) 2.21 for Linux.',
    });
  if (needsCuda && !(await isCudaBuild(tensorflow))) throw withoutCuda(tensorflow);
}

function withoutCuda({ place }: Tensorflow): UserError {
  return new UserError(`${place} was built without CUDA`, {
    exitCode: 3,
    hint: 'tfjs-gpu needs the package tensorflow for Linux, not tensorflow-cpu.',
  });
}

async function isCudaBuild(tensorflow: Tensorflow): Promise<boolean> {
  const facts = 'python/platform/build_info.py';
  return tensorflow.has(facts) && /'is_cuda_build', True/.test(await tensorflow.text(facts));
}

/** Puts libraries and headers into `deps` of the addon's package, as its build expects them. */
export async function copyParts(tensorflow: Tensorflow, packageFolder: string): Promise<void> {
  const folder = path.join(packageFolder, 'deps');
  mkdirSync(path.join(folder, 'lib'), { recursive: true });
  for (const [library, linkName] of Object.entries(libraries)) {
    await tensorflow.copy(library, path.join(folder, 'lib', library));
    symlinkSync(library, path.join(folder, 'lib', linkName));
  }
  for (const header of await headersOf(tensorflow, packageFolder))
    await copyHeader(tensorflow, header, path.join(folder, 'include', header));
}

async function copyHeader(tensorflow: Tensorflow, header: string, target: string): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  await tensorflow.copy(`include/${header}`, target);
}

/** What the addon's sources include, directly or by way of others: 14 of 13,000 headers in TensorFlow 2.21. */
async function headersOf(tensorflow: Tensorflow, packageFolder: string): Promise<ReadonlySet<string>> {
  const sources = path.join(packageFolder, 'binding');
  const isThere = (header: string): boolean => tensorflow.has(`include/${header}`);
  const texts = readdirSync(sources).map((source) => readFileSync(path.join(sources, source), 'utf8'));
  const found = new Set(texts.flatMap(includedBy).filter(isThere));
  // A set is walked to its end, with what is added on the way.
  for (const header of found)
    for (const named of includedBy(await tensorflow.text(`include/${header}`)))
      for (const included of placesOf(named, header).filter(isThere).slice(0, 1)) found.add(included);
  return found;
}

/** Where a header that another one names may lie: beside it first. */
function placesOf(named: string, beside: string): readonly string[] {
  return [path.posix.join(path.posix.dirname(beside), named), named];
}

function includedBy(source: string): readonly string[] {
  return [...source.matchAll(/^\s*#\s*include\s*["<]([^">]+)[">]/gm)].map(([, named = '']) => named);
}
