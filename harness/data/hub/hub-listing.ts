/** What a revision of a model on the hub consists of, and the digest of each file, as the hub itself says it. */
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';
import { httpGet } from '../datasets/http-get.ts';
import type { ProxyEnvironment } from '../datasets/proxy.ts';

export interface HubAccess {
  /** HF_ENDPOINT, else the hub's own address. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly env: ProxyEnvironment;
}

export interface HubFile {
  readonly name: string;
  readonly bytes: number;
  /** Of a large file its sha256, of others the name that git gives their content. */
  readonly digest: { readonly kind: 'sha256' | 'git'; readonly value: string };
}

export interface HubListing {
  /** In full. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const answerSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().min(0),
      blobId: z.string(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
    }),
  ),
});

/** HF_TOKEN opens models that are not public. It is sent to the hub, and written nowhere. */
export function hubAccess(env: ProxyEnvironment): HubAccess {
  const token = env['HF_TOKEN'];
  return {
    endpoint: (env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, ''),
    headers: token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` },
    env,
  };
}

/** @throws UserError (3) where the hub cannot be reached, or has no such model or revision. */
export async function hubListing(model: string, revision: string, access: HubAccess): Promise<HubListing> {
  const address = `${access.endpoint}/api/models/${model}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const answer = answerSchema.safeParse(await asked(address, `${model} at ${revision}`, access));
  if (!answer.success)
    throw new UserError(`${address}: no listing of a model: ${z.prettifyError(answer.error)}`, {
      exitCode: 3,
      hint: 'HF_ENDPOINT names another hub than huggingface.co.',
    });
  const { sha, siblings } = answer.data;
  return { commit: sha, files: siblings.map(fileOf) };
}

function fileOf({ rfilename, size, blobId, lfs }: z.output<typeof answerSchema>['siblings'][number]): HubFile {
  const digest = lfs ? ({ kind: 'sha256', value: lfs.sha256 } as const) : ({ kind: 'git', value: blobId } as const);
  return { name: rfilename, bytes: size, digest };
}

async function asked(address: string, what: string, { headers, env, endpoint }: HubAccess): Promise<unknown> {
  try {
    const response = await httpGet(address, { headers: { 'user-agent': 'harness', ...headers }, env, idleMs: 30_000 });
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    if (response.statusCode !== 200) throw refused(response.statusCode ?? 0, what, endpoint);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw error instanceof UserError ? error : notReached(what, endpoint, error as Error);
  }
}

function notReached(what: string, endpoint: string, cause: Error): UserError {
  return new UserError(`${what}: ${endpoint} cannot be asked: ${cause.message}`, {
    exitCode: 3,
    hint:
      'Without the network copy the folder of the model from a machine that has it, and name it with ' +
      'start: {kind: checkpoint, path: ...}. HF_ENDPOINT names another hub.',
    cause,
  });
}

function refused(status: number, what: string, endpoint: string): UserError {
  const isClosed = status === 401 || status === 403;
  return new UserError(`${what}: ${endpoint} answered HTTP ${status}`, {
    exitCode: 3,
    hint: isClosed
      ? 'The model is not public, or not there: put a token that may read it into HF_TOKEN.'
      : 'Check the name (ORG/NAME) and the revision.',
  });
}
