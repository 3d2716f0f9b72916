/**
 * A revision of a model from the hub into the cache. Every file is held against the digest that the hub gives for it.
 * The folder gets its name once all are there; what was downloaded before an interruption is gone on from.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { download, type DownloadOptions } from '../datasets/download.ts';
import { partFileFor } from '../datasets/part-file.ts';
import { hubFolder, type HubModel } from './hub-model.ts';
import { hubAccess, hubListing, type HubAccess, type HubFile } from './hub-listing.ts';

export interface FetchModelOptions {
  readonly modelsFolder: string;
  readonly env: DownloadOptions['env'];
  /** Told as the bytes of a file come. */
  onProgress(file: string, done: number, total: number | null): void;
}

export interface FetchedModel extends HubModel {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly wasThere: boolean;
}

/** What a model is opened from: of weights safetensors alone, which hold no code. */
const wanted =
  /^(?:.*\.safetensors|.*\.safetensors\.index\.json|[\w.-]+\.json|tokenizer\.model|[\w.-]+\.(?:jinja|txt))$/;

/** @param revision A commit, a branch or a tag. @throws UserError (3) with what to do. */
export async function fetchModel(model: string, revision: string, options: FetchModelOptions): Promise<FetchedModel> {
  const access = hubAccess(options.env);
  const { commit, files } = await hubListing(model, revision, access);
  const taken = files.filter(({ name }) => !name.includes('/') && wanted.test(name));
  requireWeights(model, taken);
  const folder = hubFolder(options.modelsFolder, { model, revision: commit });
  const bytes = taken.reduce((sum, file) => sum + file.bytes, 0);
  const wasThere = existsSync(folder);
  if (!wasThere) await bringAll(taken, folder, { model, commit, access, options });
  return { model, revision: commit, folder, files: taken.length, bytes, wasThere };
}

async function bringAll(files: readonly HubFile[], folder: string, bringing: Bringing): Promise<void> {
  const { model, commit, access } = bringing;
  const partial = `${folder}.partial`;
  mkdirSync(partial, { recursive: true });
  for (const file of files) await bring(file, path.join(partial, file.name), bringing);
  writeFileSync(path.join(partial, 'hub.yaml'), `model: ${model}\nrevision: ${commit}\nendpoint: ${access.endpoint}\n`);
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another process may have brought it first.
    if (!existsSync(folder)) throw error;
  }
}

function requireWeights(model: string, files: readonly HubFile[]): void {
  const has = (pattern: RegExp): boolean => files.some(({ name }) => pattern.test(name));
  if (has(/\.safetensors$/) && has(/^(adapter_)?config\.json$/)) return;
  throw new UserError(`${model}: has no config.json with weights as safetensors at its top`, {
    exitCode: 3,
    hint: 'Other formats are not read: open it with transformers, and save it with save_pretrained(folder).',
  });
}

interface Bringing {
  readonly model: string;
  readonly commit: string;
  readonly access: HubAccess;
  readonly options: FetchModelOptions;
}

async function bring(file: HubFile, target: string, bringing: Bringing): Promise<void> {
  if (existsSync(target)) return;
  const part = partFileFor(target);
  await downloaded(file, part, bringing);
  await requireDigest(file, part.path, bringing.model);
  renameSync(part.path, target);
  part.remove();
}

async function downloaded(
  { name, bytes }: HubFile,
  part: ReturnType<typeof partFileFor>,
  { model, commit, access: { endpoint, headers }, options }: Bringing,
): Promise<void> {
  const url = `${endpoint}/${model}/resolve/${commit}/${encodeURIComponent(name)}`;
  const onProgress = (done: number, total: number | null): void => options.onProgress(name, done, total);
  const patience = { env: options.env, idleMs: 60_000, pauseMs: 1000, onProgress };
  await download({ url, part, bytes, headers }, patience).catch((cause: unknown) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${model}, file ${name}: ${(cause as Error).message}`, {
      exitCode: 3,
      hint: 'Run the same command again: it goes on where it stopped.',
      cause,
    });
  });
}

async function requireDigest({ name, bytes, digest }: HubFile, file: string, model: string): Promise<void> {
  const hash = createHash(digest.kind === 'sha256' ? 'sha256' : 'sha1');
  if (digest.kind === 'git') hash.update(`blob ${bytes}\0`);
  if (statSync(file, { throwIfNoEntry: false }) !== undefined)
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === digest.value) return;
  rmSync(file, { force: true });
  throw new UserError(`${model}, file ${name}: expected the ${digest.kind} digest ${digest.value}, found ${found}`, {
    exitCode: 3,
    hint: 'It was damaged on its way, and is removed: run the same command again.',
  });
}
