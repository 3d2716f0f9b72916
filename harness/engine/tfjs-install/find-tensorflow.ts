/**
 * Which TensorFlow is taken: the wheel that was named; else the one that is installed for the named Python; else the
 * one that its pip downloads, from the index that it is configured for.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { checkParts, type Tensorflow, type Wanted } from './tensorflow.ts';
import { callTool, type Environment } from './tool.ts';
import { openWheel } from './wheel.ts';

export interface TensorflowChoice extends Wanted {
  readonly wheel: string | null;
  readonly python: string;
  readonly env: Environment;
  /** A download goes here. */
  readonly stagingFolder: string;
  note(text: string): void;
}

export interface FoundTensorflow extends Tensorflow {
  /** Folder `nvidia` of that Python's packages, with CUDA's libraries; null where there is none. */
  readonly nvidiaFolder: string | null;
}

/** @throws UserError (3) where there is none, with every place that was looked at, or where it is the wrong one. */
export async function findTensorflow(choice: TensorflowChoice): Promise<FoundTensorflow> {
  const { installed, nvidiaFolder } = await askPython(choice);
  if (choice.wheel === null && installed !== null && (await serves(installed, choice)))
    return { ...installed, nvidiaFolder };
  const wheel = await openWheel(choice.wheel ?? (await downloadWheel(choice)));
  try {
    await checkParts(wheel, choice);
    return { ...wheel, nvidiaFolder };
  } catch (error) {
    await wheel.close();
    throw error;
  }
}

const serves = (tensorflow: Tensorflow, wanted: Wanted): Promise<boolean> =>
  checkParts(tensorflow, wanted).then(
    () => true,
    () => false,
  );

/** Looks without importing it. */
const lookForTensorflow = `
import importlib.metadata as metadata, importlib.util as util, json, os
spec = util.find_spec('tensorflow')
version = None
for name in ('tensorflow', 'tensorflow-cpu', 'tensorflow-cpu-aws'):
    try:
        version = version or metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
places = list(spec.submodule_search_locations or []) if spec else []
nvidia = util.find_spec('nvidia')
print(json.dumps({'folder': places[0] if places else None, 'version': version,
                  'nvidia': next(iter(nvidia.submodule_search_locations or []), None) if nvidia else None}))
`;

interface PythonAnswer {
  readonly folder: string | null;
  readonly version: string | null;
  readonly nvidia: string | null;
}

/** Nothing where that Python has none, or does not run. */
async function askPython({ python, env, stagingFolder }: TensorflowChoice): Promise<{
  readonly installed: Tensorflow | null;
  readonly nvidiaFolder: string | null;
}> {
  const answer = await callTool({ command: python, args: ['-c', lookForTensorflow], folder: stagingFolder, env });
  if (!('output' in answer)) return { installed: null, nvidiaFolder: null };
  const { folder, version, nvidia } = JSON.parse(answer.output) as PythonAnswer;
  const isThere = folder !== null && version !== null;
  return { installed: isThere ? installedIn(folder, version) : null, nvidiaFolder: nvidia };
}

function installedIn(folder: string, version: string): Tensorflow {
  const inside = (file: string): string => path.join(folder, file);
  return {
    version,
    place: folder,
    has: (file) => existsSync(inside(file)),
    text: (file) => readFile(inside(file), 'utf8'),
    copy: (file, target) => copyFile(inside(file), target),
    close: () => Promise.resolve(),
  };
}

/** One repetition, and 15 s without an answer: the user's own settings may wait for minutes. */
const pipOptions = ['--no-deps', '--no-input', '--only-binary', ':all:', '--retries', '1', '--timeout', '15'];

/** @throws UserError (3) with what pip said. */
async function downloadWheel({ needsCuda, python, env, stagingFolder, note }: TensorflowChoice): Promise<string> {
  const distribution = needsCuda ? 'tensorflow' : 'tensorflow-cpu';
  const folder = path.join(stagingFolder, 'wheel');
  mkdirSync(folder);
  note(`${python} -m pip downloads ${distribution} ...`);
  const args = ['-m', 'pip', 'download', ...pipOptions, '--dest', folder, distribution];
  const answer = await callTool({ command: python, args, folder: stagingFolder, env });
  if (!('output' in answer)) throw nothingFound(python, distribution, answer.lines);
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw nothingFound(python, distribution, ['it downloaded no wheel']);
  return path.join(folder, wheel);
}

function nothingFound(python: string, distribution: string, said: readonly string[]): UserError {
  const lines = said.map((line) => `  ${line}`).join('\n');
  return new UserError(`no TensorFlow: ${python} has none, and its pip could not download ${distribution}:\n${lines}`, {
    exitCode: 3,
    hint:
      `Name a wheel with --wheel FILE (on a machine with network: pip download --no-deps ${distribution}), ` +
      'or a Python that has TensorFlow or reaches an index with --python PYTHON.',
  });
}
