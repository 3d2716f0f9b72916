/** A hub on this machine: one model of one commit, small files by itself and large ones by another address. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export const commit = '0123456789abcdef0123456789abcdef01234567';

export interface HubServer {
  readonly address: string;
  /** Requests, as `GET /path`, and the token that came with each. */
  readonly asked: { readonly path: string; readonly token: string | undefined }[];
  /** Changes what is served, by the name of the file. */
  readonly served: Map<string, Buffer>;
  /** Bytes of an answer after which the next large file is cut, once. */
  cutAfter: number | null;
  token: string | null;
  [Symbol.asyncDispose](): Promise<void>;
}

const isLarge = (name: string): boolean => name.endsWith('.safetensors');

/** @param folder Of the model ORG/NAME. */
export async function hubServer(model: string, folder: string): Promise<HubServer> {
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
  const served = new Map(files);
  const hub = {
    asked: [] as HubServer['asked'],
    served,
    cutAfter: null as number | null,
    token: null as string | null,
  };
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const url = request.url ?? '';
    hub.asked.push({ path: url, token: request.headers.authorization });
    const isOpen = hub.token === null || request.headers.authorization === `Bearer ${hub.token}`;
    if (url.startsWith('/blob/')) return send(request, response, path.basename(url));
    if (!isOpen) return void response.writeHead(401).end();
    if (url === `/api/models/${model}/revision/main?blobs=true` || url.includes(`/revision/${commit}?`))
      return void response.end(JSON.stringify(listing(files)));
    if (!url.startsWith(`/${model}/resolve/${commit}/`)) return void response.writeHead(404).end();
    const name = path.basename(url);
    if (!isLarge(name)) return send(request, response, name);
    response.writeHead(302, { location: `${elsewhere}/blob/${name}` }).end();
  };
  const send = (request: IncomingMessage, response: ServerResponse, name: string): void => {
    const body = served.get(name) as Buffer;
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const head = from === 0 ? {} : { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` };
    response.writeHead(from === 0 ? 200 : 206, { etag: '"1"', 'content-length': body.length - from, ...head });
    if (hub.cutAfter === null || !isLarge(name)) return void response.end(body.subarray(from));
    response.write(body.subarray(from, from + hub.cutAfter), () => response.destroy());
    hub.cutAfter = null;
  };
  const servers = [createServer(respond), createServer(respond)];
  const [address, elsewhere] = (await Promise.all(servers.map(listening))) as [string, string];
  return Object.assign(hub, {
    address,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  });
}

function listening(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function listing(files: ReadonlyMap<string, Buffer>): object {
  const siblings = [...files].map(([rfilename, body]) => ({
    rfilename,
    size: body.length,
    blobId: createHash('sha1').update(`blob ${body.length}\0`).update(body).digest('hex'),
    ...(isLarge(rfilename) && { lfs: { sha256: createHash('sha256').update(body).digest('hex'), size: body.length } }),
  }));
  return { id: 'x', sha: commit, siblings: [...siblings, { rfilename: 'figures/a.png', size: 1, blobId: 'x' }] };
}
