/** Which proxy an address is asked through, by the usual environment variables. */
import { UserError } from '../../spec/user-error.ts';

export type ProxyEnvironment = Readonly<Partial<Record<string, string>>>;

/**
 * HTTPS_PROXY or HTTP_PROXY by the scheme, else ALL_PROXY, upper or lower case; null for a host in NO_PROXY or where
 * none is set. @throws UserError (2) for a proxy that is not spoken to by http.
 */
export function proxyFor(address: URL, env: ProxyEnvironment): URL | null {
  const named = valueOf(env, `${address.protocol.slice(0, -1)}_proxy`) ?? valueOf(env, 'all_proxy');
  if (named === null || isExcepted(address, valueOf(env, 'no_proxy') ?? '')) return null;
  const written = named.includes('://') ? named : `http://${named}`;
  const proxy = URL.canParse(written) ? new URL(written) : null;
  if (proxy?.protocol === 'http:') return proxy;
  throw new UserError(`the proxy for ${address.host} is no http:// address`, {
    exitCode: 2,
    hint: 'Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or name the host in NO_PROXY.',
  });
}

function valueOf(env: ProxyEnvironment, name: string): string | null {
  const value = env[name] ?? env[name.toUpperCase()] ?? '';
  return value === '' ? null : value;
}

/** `a.org` and `.a.org` stand for the host and all below it, `a.org:8080` for one port, `*` for all. */
function isExcepted({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return exceptions
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, host = '', wanted] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (wanted !== undefined && wanted !== usedPort) return false;
      return entry === '*' || (host !== '' && (hostname === host || hostname.endsWith(`.${host}`)));
    });
}
