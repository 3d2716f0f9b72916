/**
 * The table of commands. Declarations only: what a command does is loaded when it is called, which keeps `harness
 * --help` quick.
 */
import { readFileSync } from 'node:fs';
import { buildApplication, buildRouteMap } from '@stricli/core';
import type { Application, ApplicationText } from '@stricli/core';
import type { CliContext } from './context.ts';
import { inspectRoutes } from './routes/inspect.ts';
import { machineRoutes } from './routes/machine.ts';
import { scoreRoutes } from './routes/score.ts';
import { workRoutes } from './routes/work.ts';

export function buildApp(
  text: ApplicationText,
  determineExitCode: (error: unknown) => number,
): Application<CliContext> {
  const root = buildRouteMap<string, CliContext>({
    routes: { ...workRoutes, ...scoreRoutes, ...inspectRoutes, ...machineRoutes },
    docs: {
      brief: 'Does preference-model pretraining on code make reward-model finetuning cheaper, and how does that scale?',
      fullDescription:
        'Declares experiments in YAML, runs what is missing, keeps the evidence, draws the scaling curves.\nStart: harness validate experiments/scale.yaml; harness plan ...; harness sweep ...; harness report ...',
    },
  });
  return buildApplication(root, {
    name: 'harness',
    versionInfo: { currentVersion: ownVersion() },
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
    localization: { text },
    determineExitCode,
  });
}

/** Two folders up in the sources (`harness/cli`) and in the build (`dist/cli`) alike. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
