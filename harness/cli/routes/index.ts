/** Every command, in the groups in which they are listed. */
import type { RouteMap } from '@stricli/core';
import type { CliContext } from '../context.ts';
import type { command } from './command.ts';
import { generateRoutes } from './generate.ts';
import { helpRoutes } from './help.ts';
import { inspectRoutes } from './inspect.ts';
import { judgedRoutes } from './judged.ts';
import { machineRoutes } from './machine.ts';
import { noiseRoutes } from './noise.ts';
import { reportRoutes } from './report.ts';
import { rescoreRoutes } from './rescore.ts';
import { scoreRoutes } from './score.ts';
import { tokenizeRoutes } from './tokenize.ts';
import { verifyRoutes } from './verify.ts';
import { workRoutes } from './work.ts';

export type Route = RouteMap<CliContext> | ReturnType<typeof command>;

export interface RouteGroup {
  readonly title: string;
  readonly routes: Readonly<Record<string, Route>>;
}

export const routeGroups: readonly RouteGroup[] = [
  { title: 'Experiments', routes: { ...workRoutes, ...noiseRoutes, ...reportRoutes } },
  { title: 'Records', routes: { ...inspectRoutes, ...verifyRoutes, ...rescoreRoutes } },
  { title: 'Models', routes: { ...scoreRoutes, ...judgedRoutes, ...generateRoutes, ...tokenizeRoutes } },
  { title: 'This machine', routes: machineRoutes },
  { title: 'Help', routes: helpRoutes },
];

export const allRoutes: Readonly<Record<string, Route>> = Object.assign({}, ...routeGroups.map(({ routes }) => routes));
