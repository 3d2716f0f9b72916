import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, dataMirror, reportsFolder, resultsFolder } from '../../harness/cli/folders.ts';

it('takes the folders that the environment names', () => {
  const env = { HARNESS_RESULTS: 'r', HARNESS_REPORTS: 'p', HARNESS_CACHE: 'c', HARNESS_DATA_MIRROR: 'm' };
  expect([resultsFolder(env), reportsFolder(env, 'r'), cacheFolder(env), dataMirror(env)]).toEqual([
    'r',
    'p',
    'c',
    'm',
  ]);
});

it('takes a variable that is set to nothing for one that is not set', () => {
  const env = { HARNESS_RESULTS: '', HARNESS_REPORTS: '', HARNESS_CACHE: '', HARNESS_DATA_MIRROR: '' };
  expect(resultsFolder(env)).toBe('results');
  expect(reportsFolder(env, 'results')).toBe(join('results', 'reports'));
  expect(cacheFolder({ ...env, XDG_CACHE_HOME: '/cache' })).toBe(join('/cache', 'harness'));
  expect(dataMirror(env)).toBe(null);
});
