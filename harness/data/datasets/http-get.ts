/** One GET over HTTP or HTTPS: through a proxy where one is set, along redirects, given up when nothing comes. */
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { proxyFor, type ProxyEnvironment } from './proxy.ts';

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly env: ProxyEnvironment;
  /** Given up when no byte comes for so long. */
  readonly idleMs: number;
}

const mostRedirects = 5;

/** The answer, of whatever status but a redirect; its body is still to be read. @throws Error of the network. */
export async function httpGet(address: string, options: GetOptions): Promise<IncomingMessage> {
  let url = new URL(address);
  let { headers } = options;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await getOnce(url, { ...options, headers });
    const { location } = response.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
    response.resume();
    const to = redirected(url, location);
    // A token is for the host that it was given for.
    if (to.origin !== url.origin) headers = withoutAuthorization(headers);
    url = to;
  }
  throw new Error(`more than ${mostRedirects} redirects`);
}

function withoutAuthorization(headers: GetOptions['headers']): GetOptions['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function redirected(from: URL, location: string): URL {
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:') throw new Error(`redirected to ${to.protocol}`);
  return to;
}

async function getOnce(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const proxy = proxyFor(url, options.env);
  const { headers, idleMs } = options;
  const plain: RequestOptions = { headers, timeout: idleMs };
  if (url.protocol === 'http:')
    return answered(proxy === null ? http.get(url, plain) : http.get(throughProxy(url, proxy, plain)), idleMs);
  if (proxy === null) return answered(https.get(url, plain), idleMs);
  const socket = await tunnel(url, proxy, idleMs);
  const createConnection = (): Socket => tls.connect({ socket, servername: url.hostname });
  return answered(https.get(url, { ...plain, agent: false, createConnection }), idleMs);
}

/** A proxy is asked for the whole address. */
function throughProxy(url: URL, proxy: URL, options: RequestOptions): RequestOptions {
  return {
    ...options,
    ...placeOf(proxy),
    path: url.href,
    headers: { host: url.host, ...options.headers, ...authorization(proxy) },
  };
}

function placeOf({ hostname, port }: URL): RequestOptions {
  return { hostname: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A connection through the proxy that it does not look into. */
function tunnel(url: URL, proxy: URL, idleMs: number): Promise<Socket> {
  const target = `${url.hostname}:${url.port === '' ? 443 : url.port}`;
  return new Promise((resolve, reject) => {
    const headers = { host: target, ...authorization(proxy) };
    const request = http.request({ ...placeOf(proxy), method: 'CONNECT', path: target, headers, timeout: idleMs });
    request.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} refused the connection (HTTP ${statusCode})`));
    });
    endWhenIdle(request, idleMs).on('error', reject).end();
  });
}

function answered(request: http.ClientRequest, idleMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    endWhenIdle(request, idleMs).on('response', resolve).on('error', reject);
  });
}

/** Once the answer has begun, the error is one of reading it. */
function endWhenIdle(request: http.ClientRequest, idleMs: number): http.ClientRequest {
  let reading: IncomingMessage | null = null;
  return request
    .on('response', (response) => (reading = response))
    .on('timeout', () => (reading ?? request).destroy(new Error(`nothing came for ${idleMs / 1000} seconds`)));
}
