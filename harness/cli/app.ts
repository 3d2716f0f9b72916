/**
 * The application: the table of commands, and how it speaks. What a command does is loaded when it is called, which
 * keeps `harness --help` quick.
 */
import { readFileSync } from 'node:fs';
import { buildApplication, buildRouteMap, version } from '@stricli/core';
import type { Application, ApplicationText, LifecycleHooks } from '@stricli/core';
import type { CliContext } from './context.ts';
import { exitCodeOfError } from './exit-code.ts';
import type { Called } from './help/command-page.ts';
import { allRoutes } from './routes/index.ts';

export interface AppParts {
  readonly text: ApplicationText;
  /** The command that is about to run; its arguments are not read yet. */
  onCall(called: Called): void;
  /** Prints the help page of what was called; the root page for the program itself. */
  printHelp(called: Called, isRoot: boolean): void;
}

export function buildApp(name: string, parts: AppParts): Application<CliContext> {
  const root = buildRouteMap<string, CliContext>({ routes: allRoutes, docs: { brief: 'Experiments on CodePMP' } });
  const hooks: LifecycleHooks<CliContext> = {
    'command:start': ({ result: { target, prefix } }) => parts.onCall({ target, prefix: prefix.join(' ') }),
  };
  const integrations = {
    help: {
      hooks,
      flag: {
        brief: 'Print how a command is used',
        aliases: ['h'] as const,
        global: true,
        complete: true,
        defaultForRouteMap: true,
        run: (
          _app: Application<CliContext>,
          { result: { target, prefix } }: { result: { target: Called['target']; prefix: readonly string[] } },
        ) => parts.printHelp({ target, prefix: prefix.join(' ') }, target === root),
      },
    },
    version: version<CliContext>({
      brief: 'Print the version',
      alias: 'v',
      info: { currentVersion: ownVersion() },
      complete: true,
    }),
  };
  const config = {
    name,
    scanner: { caseStyle: 'allow-kebab-for-camel', distanceOptions: everyName },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
    localization: { text: parts.text },
    determineExitCode: exitCodeOfError,
  } as const;
  return buildApplication(root, config, integrations);
}

/** Stricli then hands over all names that would be possible, and which of them was meant is ours to say. */
const everyName = { threshold: Infinity, weights: { insertion: 0, deletion: 0, substitution: 0, transposition: 0 } };

/** Two folders up in the sources (`harness/cli`) and in the build (`dist/cli`) alike. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
