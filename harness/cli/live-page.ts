/**
 * A page on loopback that changes while people look at it: the files of a report from memory, and a text of state above
 * it. Browsers are told by server-sent events; no other machine is answered.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { escape } from '../report/index.ts';

type Files = ReadonlyMap<string, string | Buffer>;

const host = '127.0.0.1';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.pdf': 'application/pdf',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.tex': 'text/plain; charset=utf-8',
};

export class LivePage {
  readonly #server: Server;
  readonly #listeners = new Set<ServerResponse>();
  #files: Files = new Map();
  #state = '';

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port 0: any that is free. @returns The address. Rejects with what the system says where it is taken. */
  async listen(port: number): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Whoever looks at the page gets the new one. */
  show(files: Files): void {
    this.#files = files;
    this.#send('page', '');
  }

  /** Text above the page. */
  tell(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#send('state', state);
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #send(event: string, text: string): void {
    for (const listener of this.#listeners) listener.write(`event: ${event}\ndata: ${JSON.stringify(text)}\n\n`);
  }

  #answer({ url = '/', headers, method }: IncomingMessage, response: ServerResponse): void {
    // A page elsewhere whose name was made to lead here would come with its own name.
    const name = headers.host?.replace(/:\d+$/, '');
    if (name !== host && name !== 'localhost') return refuse(response, 403);
    if (method !== 'GET') return refuse(response, 405);
    const file = decoded(url.slice(1)) || 'index.html';
    if (file === 'events') return this.#listen(response);
    const content = this.#files.get(file);
    if (content === undefined) return refuse(response, 404);
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain', 'cache-control': 'no-store' });
    response.end(file === 'index.html' ? withState(String(content), this.#state) : content);
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    response.write(`event: state\ndata: ${JSON.stringify(this.#state)}\n\n`);
  }
}

function refuse(response: ServerResponse, code: number): void {
  response.writeHead(code, { 'content-type': 'text/plain' });
  response.end(`${code}\n`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.split('?')[0] ?? '');
  } catch {
    return '';
  }
}

/** Without scripts the page is the one of the last look, as a file is. */
const script = `const live = document.getElementById('live'), source = new EventSource('events');
source.addEventListener('state', ({data}) => { live.textContent = JSON.parse(data); });
source.addEventListener('page', () => location.reload());
source.onerror = () => { source.close(); live.textContent += '\\nThe program has ended: this is its last page.'; };`;

function withState(html: string, state: string): string {
  const look = 'white-space:pre-wrap;font:13px/1.5 monospace;border:1px solid;border-radius:6px;padding:.6rem .8rem';
  const block = `<pre id="live" role="status" style="${look}">${escape(state)}</pre><script>${script}</script>`;
  return html.replace('<body>', () => `<body>\n${block}`);
}
