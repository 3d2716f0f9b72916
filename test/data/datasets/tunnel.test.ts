/** HTTPS through a proxy that only hands on bytes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { httpGet } from '../../../harness/data/datasets/http-get.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-tunnel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
const making = `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout ${key} -out ${cert}`;
const made = spawnSync('openssl', making.split(' '));
const hasCertificate = made.status === 0;
if (!hasCertificate) console.warn('skipped: HTTPS through a proxy needs openssl to make a certificate');

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!hasCertificate)('an https address', () => {
  it('is reached through the tunnel of a proxy, which sees its name alone', async () => {
    const files = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) =>
      response.end(`you asked for ${url}`),
    );
    const asked: string[] = [];
    const proxy = createHttpServer().on('connect', ({ url = '' }, client) => {
      asked.push(url);
      const target = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        target.pipe(client);
        client.pipe(target);
      });
    });
    const [filesPort, proxyPort] = [await listening(files), await listening(proxy)];
    const get = (env: Readonly<Record<string, string>>) =>
      httpGet(`https://localhost:${filesPort}/a/secret`, { headers: {}, env, idleMs: 2000 });
    const env = { https_proxy: `127.0.0.1:${proxyPort}` };
    // Nobody but this test vouches for the certificate.
    await expect(get(env)).rejects.toThrow(/self[- ]signed/);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const response = await get(env).finally(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('you asked for /a/secret');
    expect(asked).toEqual([`localhost:${filesPort}`, `localhost:${filesPort}`]);
    for (const server of [files, proxy]) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('says that the proxy refuses', async () => {
    const proxy = createHttpServer().on('connect', (_, client) => client.end('HTTP/1.1 407 No\r\n\r\n'));
    const port = await listening(proxy);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    await expect(httpGet('https://localhost/', { headers: {}, env, idleMs: 2000 })).rejects.toThrow(
      `the proxy 127.0.0.1:${port} refused the connection (HTTP 407)`,
    );
    proxy.close();
  });
});
