/** A server of one file over real HTTP, which misbehaves as it is told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Conduct {
  readonly body: Buffer;
  readonly etag: string | null;
  /** Whether `Range` is obeyed. */
  readonly ranges: boolean;
  /** The connection is cut after so many bytes of an answer; by answer, the rest are whole. */
  readonly cuts: readonly number[];
  /** After the bytes of `cuts` nothing comes, and the connection stays open. */
  readonly stalls: boolean;
  /** By answer, in place of the file. */
  readonly statuses: readonly number[];
}

export interface FileServer {
  readonly address: string;
  conduct: Conduct;
  /** What was asked: the `Range` of each request, null = the whole file. */
  readonly asked: (string | null)[];
  close(): Promise<void>;
}

const decent: Conduct = { body: Buffer.from(''), etag: '"1"', ranges: true, cuts: [], stalls: false, statuses: [] };

export async function fileServer(conduct: Partial<Conduct>): Promise<FileServer> {
  const asked: (string | null)[] = [];
  const server: Server = createServer((request, response) => answer(request, response, files));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const files: FileServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    conduct: { ...decent, ...conduct },
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return files;
}

function answer({ headers, url }: IncomingMessage, response: ServerResponse, { conduct, asked }: FileServer): void {
  const turn = asked.push(headers.range ?? null) - 1;
  const status = conduct.statuses[turn];
  if (status === 302) return void response.writeHead(302, { location: `${url}?again` }).end();
  if (status !== undefined && status !== 200) return void response.writeHead(status).end();
  const start = startOf(headers, conduct);
  const size = conduct.body.length;
  const etag = conduct.etag === null ? {} : { etag: conduct.etag };
  if (start >= size && start > 0) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const range = start === 0 ? {} : { 'content-range': `bytes ${start}-${size - 1}/${size}` };
  response.writeHead(start === 0 ? 200 : 206, { ...etag, ...range, 'content-length': size - start });
  const cut = conduct.cuts[turn];
  if (cut === undefined) return void response.end(conduct.body.subarray(start));
  response.write(conduct.body.subarray(start, start + cut), () => {
    if (!conduct.stalls) setTimeout(() => response.destroy(), 20);
  });
}

/** A range holds only for the version that it is of. */
function startOf({ range, 'if-range': version }: IncomingMessage['headers'], { ranges, etag }: Conduct): number {
  const isOther = version !== undefined && version !== etag;
  return range === undefined || !ranges || isOther ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
}
