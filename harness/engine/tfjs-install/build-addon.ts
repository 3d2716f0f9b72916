/**
 * The npm package without its install script, which would download a TensorFlow of 2022, and its addon, compiled
 * against the TensorFlow that was put beside it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nativePackageVersion, type NativePackage } from '../tfjs/builds.ts';
import { runTool, type Environment } from './tool.ts';

export interface Building {
  readonly name: NativePackage;
  /** The package is installed here, in `node_modules`. */
  readonly folder: string;
  readonly python: string;
  readonly env: Environment;
  /** What npm is asked for in place of the published version; only given to test without it. */
  readonly packageSpec: string | null;
}

/** @returns the package's folder. @throws UserError (3) with what npm said. */
export async function fetchPackage({ name, folder, env, packageSpec }: Building): Promise<string> {
  const spec = packageSpec ?? `@tensorflow/${name}@${nativePackageVersion}`;
  // Otherwise npm looks for a project in the folders above.
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'tfjs-build', private: true }));
  const options = ['--ignore-scripts', '--install-links', '--no-audit', '--no-fund', '--loglevel=error'];
  await runTool(
    { command: 'npm', args: ['install', ...options, '--prefix', folder, spec], folder, env },
    `npm could not fetch ${spec}`,
    "Check that npm's registry can be reached, then run the same command again; nothing was kept.",
  );
  return path.join(folder, 'node_modules', '@tensorflow', name);
}

/** @throws UserError (3) with what the compiler said. */
export async function buildAddon(packageFolder: string, { python, env }: Building): Promise<void> {
  const headers = nodeFolder();
  const options = [
    '--module_name=tfjs_binding',
    '--module_path="$HARNESS_MODULE_FOLDER"',
    '--napi_build_version=8',
    '--python="$HARNESS_PYTHON"',
    // Otherwise node-gyp downloads Node's headers.
    ...(headers === null ? [] : ['--nodedir="$HARNESS_NODE_FOLDER"']),
  ];
  // npm brings node-gyp, and puts it on the path of what it runs.
  await runTool(
    {
      command: 'npm',
      args: ['exec', '--offline', '-c', `node-gyp rebuild ${options.join(' ')}`],
      folder: packageFolder,
      env: {
        ...env,
        HARNESS_PYTHON: python,
        HARNESS_NODE_FOLDER: headers ?? '',
        HARNESS_MODULE_FOLDER: path.join(packageFolder, 'lib', 'napi-v8'),
      },
    },
    'the addon of tfjs could not be compiled against this TensorFlow',
    'It needs Python 3, make, a C++ compiler, the headers of Node, and a TensorFlow whose C API is that of 2.21; ' +
      'nothing was kept.',
  );
}

/** Where the headers of this Node are, where they came with it. */
function nodeFolder(): string | null {
  const folder = path.resolve(process.execPath, '../..');
  return existsSync(path.join(folder, 'include/node/node_api.h')) ? folder : null;
}
