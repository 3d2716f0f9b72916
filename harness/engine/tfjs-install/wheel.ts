/** TensorFlow in a wheel: a zip file with the package `tensorflow` and its digests. */
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../spec/user-error.ts';
import type { Tensorflow } from './tensorflow.ts';
import { ZipFile } from './zip-file.ts';

/** Names of distributions that hold TensorFlow, as pip writes them. */
const distributions = new Set(['tensorflow', 'tensorflow-cpu', 'tensorflow-cpu-aws']);
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
const takeAnother = 'Take a wheel of tensorflow-cpu (tfjs-gpu: of tensorflow) for this machine, as pip downloads it.';

/** @throws UserError (3) where the file is missing, damaged, another package or for another platform. */
export async function openWheel(file: string): Promise<Tensorflow> {
  const zip = await ZipFile.open(file).catch((cause: unknown) => {
    throw refusal(file, `cannot be read: ${(cause as Error).message}`, cause);
  });
  try {
    return await readWheel(file, zip);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function readWheel(file: string, zip: ZipFile): Promise<Tensorflow> {
  const info = infoFolder(file, zip);
  const version = checkDistribution(file, await zip.text(`${info}METADATA`));
  checkPlatform(file, await zip.text(`${info}WHEEL`));
  const digests = digestsOf(await zip.text(`${info}RECORD`));
  return {
    version,
    place: file,
    has: (name) => zip.has(`tensorflow/${name}`),
    text: (name) => zip.text(`tensorflow/${name}`),
    copy: (name, target) => copyChecked({ file, zip, digests }, `tensorflow/${name}`, target),
    close: () => zip.close(),
  };
}

function infoFolder(file: string, zip: ZipFile): string {
  const info = [...zip.names].find((name) => /^[^/]+\.dist-info\/METADATA$/.test(name))?.replace(/METADATA$/, '');
  if (info !== undefined && zip.has(`${info}WHEEL`) && zip.has(`${info}RECORD`)) return info;
  throw refusal(file, 'is no wheel: it has no METADATA, WHEEL and RECORD');
}

/** Its version. */
function checkDistribution(file: string, metadata: string): string {
  const field = (name: string): string => new RegExp(`^${name}: *(.+?) *$`, 'im').exec(metadata)?.[1] ?? '';
  const name = field('Name')
    .toLowerCase()
    .replaceAll(/[-_.]+/g, '-');
  if (!distributions.has(name)) throw refusal(file, `holds the package "${name}", not TensorFlow`);
  return field('Version');
}

function checkPlatform(file: string, wheel: string): void {
  const tags = [...wheel.matchAll(/^Tag: *(\S+)/gm)].map(([, tag = '']) => tag.split('-').at(-1) ?? '');
  const architecture = architectures[process.arch] ?? process.arch;
  if (tags.some((tag) => tag.includes('linux') && tag.endsWith(`_${architecture}`))) return;
  throw refusal(file, `is for ${tags.join(', ') || 'no platform'}, and this machine is linux ${architecture}`);
}

/** Lines of RECORD: path, `sha256=` and the digest in base64url without padding, bytes. */
function digestsOf(record: string): ReadonlyMap<string, string> {
  return new Map([...record.matchAll(/^([^,\n]+),sha256=([\w-]+),/gm)].map(([, name = '', sha = '']) => [name, sha]));
}

interface OpenWheel {
  readonly file: string;
  readonly zip: ZipFile;
  readonly digests: ReadonlyMap<string, string>;
}

async function copyChecked({ file, zip, digests }: OpenWheel, name: string, target: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(await zip.stream(name), into(hash), createWriteStream(target)).catch((cause: unknown) => {
    if (String((cause as NodeJS.ErrnoException).code).startsWith('Z_'))
      throw refusal(file, `is damaged: ${name} cannot be unpacked`, cause);
    throw cause;
  });
  if (digests.get(name) !== hash.digest('base64url'))
    throw refusal(file, `is damaged: ${name} has another digest than its RECORD says`);
}

/** Passes what it reads on, and into the hash. */
function into(hash: Hash): Transform {
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

function refusal(file: string, what: string, cause?: unknown): UserError {
  return new UserError(`wheel ${basename(file)}: ${what}`, { exitCode: 3, hint: takeAnother, cause });
}
