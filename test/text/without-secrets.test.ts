import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../harness/text/index.ts';

describe('an address that is recorded', () => {
  it.each([
    ['https://me:pw@host.example/x', 'https://***@host.example/x'],
    ['https://token@host.example/x', 'https://***@host.example/x'],
    ['https://me:p@ss@host.example/x', 'https://***@host.example/x'],
    ['git+ssh://me:pw@host.example:22/x.git', 'git+ssh://***@host.example:22/x.git'],
    [
      'https://store.example/data.gz?X-Amz-Signature=ab12&X-Amz-Expires=60',
      'https://store.example/data.gz?X-Amz-Signature=***&X-Amz-Expires=***',
    ],
    ['https://store.example/data.gz?sv=1&sig=a%2Fb%3D=', 'https://store.example/data.gz?sv=***&sig=***'],
    ['https://host.example/x?aGVsbG8', 'https://host.example/x?***'],
    ['https://host.example/x#access_token=ab&kind=b', 'https://host.example/x#access_token=***&kind=***'],
    ['https://me@host.example?mail=a@b.c', 'https://***@host.example?mail=***'],
  ])('%s has no secret', (address, recorded) => {
    expect(withoutSecrets(address)).toBe(recorded);
    expect(withoutSecrets(`-s corpus.url="${address}" and ${address}`)).toBe(
      `-s corpus.url="${recorded}" and ${recorded}`,
    );
  });

  it.each([
    'https://host.example/a/b.jsonl',
    'https://host.example/page#part-2',
    'a?b=c',
    'me@host.example',
    'C:/x?y=1',
  ])('%s stays as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
