/**
 * Where builds of the native tfjs packages lie: one folder each in the folder that HARNESS_TFJS names. The command line
 * sets it to a folder of the cache, and processes that it starts inherit it; without it there are no builds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type NativePackage = 'tfjs-node' | 'tfjs-node-gpu';

/** The version of the packages that our operations are written for, that of tfjs-core. */
export const nativePackageVersion = '4.22.0';
export const buildsVariable = 'HARNESS_TFJS';
/** Written last: says what a folder holds. */
const descriptionFile = 'build.json';

export interface BuildDescription {
  readonly package: NativePackage;
  readonly packageVersion: string;
  readonly tensorflow: string;
  /** An addon is loaded only by the Node that it was built for. */
  readonly nodeAbi: string;
  readonly platform: string;
  readonly arch: string;
}

export interface TfjsBuild extends BuildDescription {
  readonly folder: string;
}

/** What a build made here, now, is described as. */
export function describeBuild(name: NativePackage, tensorflow: string): BuildDescription {
  const { platform, arch, versions } = process;
  return {
    package: name,
    packageVersion: nativePackageVersion,
    tensorflow,
    nodeAbi: versions.modules,
    platform,
    arch,
  };
}

export function buildFolderName({ package: name, tensorflow, nodeAbi, arch }: BuildDescription): string {
  return `${name}-${tensorflow}-abi${nodeAbi}-${arch}`;
}

export const descriptionFileOf = (folder: string): string => join(folder, descriptionFile);

/** Builds of a package that this process can load, those of the newest TensorFlow first. */
export function buildsOf(name: NativePackage, buildsFolder: string | undefined): readonly TfjsBuild[] {
  if (buildsFolder === undefined || buildsFolder === '') return [];
  return entriesOf(buildsFolder)
    .flatMap((entry) => readBuild(join(buildsFolder, entry)))
    .filter((build) => fitsHere(build, name))
    .toSorted((a, b) => b.tensorflow.localeCompare(a.tensorflow, 'en', { numeric: true }));
}

function fitsHere(build: TfjsBuild, name: NativePackage): boolean {
  const here = describeBuild(name, build.tensorflow);
  return (Object.keys(here) as (keyof BuildDescription)[]).every((key) => build[key] === here[key]);
}

/** A folder that is not there holds none. Names with a dot are installs under way, or interrupted ones. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((entry) => !entry.startsWith('.'));
  } catch {
    return [];
  }
}

/** Nothing where the description is missing or damaged: then there is no build. */
function readBuild(folder: string): readonly TfjsBuild[] {
  try {
    return [{ ...(JSON.parse(readFileSync(descriptionFileOf(folder), 'utf8')) as BuildDescription), folder }];
  } catch {
    return [];
  }
}
