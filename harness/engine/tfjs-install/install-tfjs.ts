/**
 * Makes a native tfjs package a device that works:
 *
 *     find TensorFlow -> npm package, without scripts -> two libraries and headers -> compile the addon
 *       -> load it in another process and train a step -> describe it -> rename into place
 *
 * All of it happens in a staging folder beside the final one, so a build is either whole or absent.
 */
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import {
  buildFolderName,
  buildsOf,
  descriptionFileOf,
  describeBuild,
  type NativePackage,
  type TfjsBuild,
} from '../tfjs/builds.ts';
import { buildAddon, fetchPackage, type Building } from './build-addon.ts';
import { findTensorflow, type FoundTensorflow } from './find-tensorflow.ts';
import { tryBuild } from './probe.ts';
import { stageIn } from './staging.ts';
import { copyParts } from './tensorflow.ts';
import { requireTools, type Environment, type NeededTool } from './tool.ts';

export interface TfjsInstall {
  readonly name: NativePackage;
  readonly buildsFolder: string;
  /** null: the TensorFlow of `python`, or what its pip downloads. */
  readonly wheel: string | null;
  readonly python: string;
  /** For the programs that it calls. */
  readonly env: Environment;
  readonly packageSpec: string | null;
  /** Told before each part that takes seconds. */
  note(text: string): void;
}

export interface InstalledTfjs {
  readonly build: TfjsBuild;
  /** It was there before. */
  readonly wasThere: boolean;
}

/** @throws UserError (3) with what to do; whatever was begun is removed. */
export async function installTfjs(given: TfjsInstall): Promise<InstalledTfjs> {
  const [present] = buildsOf(given.name, given.buildsFolder);
  if (present !== undefined && given.wheel === null) return { build: present, wasThere: true };
  checkPlace(given.buildsFolder);
  let stagingFolder: string | null = null;
  try {
    stagingFolder = stageIn(given.buildsFolder);
    return await buildIn(stagingFolder, given);
  } catch (error) {
    throw readable(error, given.buildsFolder);
  } finally {
    if (stagingFolder !== null) rmSync(stagingFolder, { recursive: true, force: true });
  }
}

function checkPlace(folder: string): void {
  if (process.platform !== 'linux')
    throw new UserError(`tfjs is built on Linux only, and this is ${process.platform}`, {
      exitCode: 3,
      hint: 'Without a build --device tfjs runs on wasm.',
    });
  if (/\s/.test(folder))
    throw new UserError(`make cannot build in a folder whose path holds a space: ${folder}`, {
      exitCode: 3,
      hint: 'Set HARNESS_CACHE to another folder.',
    });
}

async function buildIn(stagingFolder: string, given: TfjsInstall): Promise<InstalledTfjs> {
  const { name, buildsFolder, note, env } = given;
  const building: Building = { ...given, folder: stagingFolder };
  await requireTools(toolsOf(given), { folder: stagingFolder, env });
  const tensorflow = await findTensorflow({ ...given, stagingFolder, needsCuda: name === 'tfjs-node-gpu' });
  try {
    const description = describeBuild(name, tensorflow.version);
    const target = path.join(buildsFolder, buildFolderName(description));
    const build = { ...description, folder: target };
    if (existsSync(descriptionFileOf(target))) return { build, wasThere: true };
    await assemble(tensorflow, building, note);
    note(`loading it and training one step: ${await tryBuild(name, stagingFolder, env)}`);
    writeFileSync(descriptionFileOf(stagingFolder), `${JSON.stringify(description, null, 2)}\n`);
    renameIntoPlace(stagingFolder, target);
    return { build, wasThere: false };
  } finally {
    await tensorflow.close();
  }
}

const toolsOf = ({ python, env }: TfjsInstall): readonly NeededTool[] => [
  { command: python, what: 'Python' },
  { command: 'npm', what: 'npm' },
  { command: 'make', what: 'make' },
  { command: env['CXX'] ?? 'g++', what: 'C++ compiler' },
];

/** What stays in the staging folder is what a build is made of. */
async function assemble(tensorflow: FoundTensorflow, building: Building, note: (text: string) => void): Promise<void> {
  note(`TensorFlow ${tensorflow.version} from ${tensorflow.place}`);
  note(`fetching @tensorflow/${building.name} ...`);
  const packageFolder = await fetchPackage(building);
  note('taking libraries and headers ...');
  await copyParts(tensorflow, packageFolder);
  linkCuda(tensorflow, packageFolder);
  note('compiling the addon ...');
  await buildAddon(packageFolder, building);
  for (const spare of [path.join(packageFolder, 'build'), path.join(building.folder, 'wheel')])
    rmSync(spare, { recursive: true, force: true });
}

/** TensorFlow looks for CUDA's libraries in the folder `nvidia` beside its own. */
function linkCuda({ nvidiaFolder }: FoundTensorflow, packageFolder: string): void {
  if (nvidiaFolder !== null) symlinkSync(nvidiaFolder, path.join(packageFolder, 'deps', 'nvidia'));
}

/** Another process may have finished first: its build is as good. A folder without a description is no build. */
function renameIntoPlace(stagingFolder: string, target: string): void {
  if (!existsSync(descriptionFileOf(target))) rmSync(target, { recursive: true, force: true });
  try {
    renameSync(stagingFolder, target);
  } catch (error) {
    if (!existsSync(descriptionFileOf(target))) throw error;
  }
}

/** What the file system refuses is for the person to put right. */
function readable(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EDQUOT'].includes(String(code))) return error;
  return new UserError(`${folder}: ${message}`, {
    exitCode: 3,
    hint: 'A build takes 1.3 GB. Make room there, or set HARNESS_CACHE to another folder; nothing was kept.',
    cause: error,
  });
}
