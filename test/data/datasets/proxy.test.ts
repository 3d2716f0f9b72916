import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../harness/data/datasets/proxy.ts';

const of = (address: string, env: Readonly<Record<string, string>>): string | null =>
  proxyFor(new URL(address), env)?.href ?? null;

describe('the proxy of an address', () => {
  it.each([
    ['https://a.org/x', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.org/x', { https_proxy: 'p:1' }, 'http://p:1/'],
    ['https://a.org/x', { HTTP_PROXY: 'http://p:1' }, null],
    ['http://a.org/x', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['http://a.org/x', { ALL_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:1' }, 'http://q:1/'],
    ['http://a.org/x', { all_proxy: 'http://p:1' }, 'http://p:1/'],
    ['http://a.org/x', { HTTP_PROXY: '' }, null],
    ['http://a.org/x', {}, null],
  ] as const)('%s with %o is %s', (address, env, expected) => {
    expect(of(address, env)).toBe(expected);
  });

  it.each([
    ['a.org', true],
    ['.a.org', true],
    ['*.a.org', true],
    ['org', true],
    ['b.org, data.a.org', true],
    ['*', true],
    ['a.org:443', true],
    ['a.org:8443', false],
    ['ta.a.org', false],
    ['a.or', false],
  ])('is none where NO_PROXY is %s: %s', (exceptions, isExcepted) => {
    expect(of('https://data.a.org/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: exceptions }) === null).toBe(isExcepted);
  });

  it('is refused where it is not spoken to by http, without its credentials', () => {
    expect(() => of('https://a.org/', { HTTPS_PROXY: 'socks5://me:secret@p:1' })).toThrow(
      'the proxy for a.org is no http:// address',
    );
  });
});
