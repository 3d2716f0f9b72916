import { describe, expect, it } from 'vitest';
import { commandName, withCommandName } from '../../harness/cli/command-name.ts';

const started = (entry: string, env: Record<string, string> = {}, execArgv: readonly string[] = []): string =>
  commandName({ argv: ['/usr/bin/node', entry], execArgv, env, folder: '/home/me/project' });

describe('how the program is called here', () => {
  it.each([
    ['npx harness', '/home/me/project/node_modules/.bin/harness', {}],
    ['npx harness', '/home/me/.npm/_npx/1f/node_modules/.bin/harness', { npm_command: 'exec' }],
    ['harness', '/usr/local/bin/harness', { PATH: '/usr/bin:/usr/local/bin' }],
    ['tools/harness', '/home/me/project/tools/harness', { PATH: '/usr/bin' }],
    ['node harness/cli/bin.mjs', '/home/me/project/harness/cli/bin.mjs', {}],
    ['node /opt/harness/harness/cli/bin.mjs', '/opt/harness/harness/cli/bin.mjs', {}],
    ["node '/opt/my tools/bin.mjs'", '/opt/my tools/bin.mjs', {}],
    // Started by a program that npx started: that says nothing of us.
    ['node harness/cli/bin.mjs', '/home/me/project/harness/cli/bin.mjs', { npm_command: 'exec' }],
  ])('%s from %s, %j', (name, entry, env) => {
    expect(started(entry, env)).toBe(name);
  });

  it('keeps the options of node, without which the sources do not run', () => {
    expect(started('/home/me/project/harness/cli/main.ts', {}, ['--import', 'tsx'])).toBe(
      'node --import tsx harness/cli/main.ts',
    );
  });
});

describe('a hint', () => {
  const put = (text: string): string => withCommandName(text, 'npx harness', ['sweep', 'ls']);

  it.each([
    ['Run `harness sweep SPEC` first.', 'Run `npx harness sweep SPEC` first.'],
    ['continue with: harness sweep x.yaml', 'continue with: npx harness sweep x.yaml'],
    ['`harness ls stages` or `harness --help`', '`npx harness ls stages` or `npx harness --help`'],
    ['`npx harness sweep` stays', '`npx harness sweep` stays'],
    ['the harness swept, harness lsof', 'the harness swept, harness lsof'],
    ['/opt/harness ls', '/opt/harness ls'],
    ['harness: no report', 'harness: no report'],
  ])('%s', (text, callable) => {
    expect(put(text)).toBe(callable);
  });
});
