/** What the report of an experiment is made of: what is registered, and what its plug-ins add. */
import { basename } from 'node:path';
import {
  defaultHeadline,
  kindsWith,
  loadPlugins,
  metricLookup,
  parseRecordedExperiment,
  type Kinds,
  type LoadedPlugin,
} from '../kinds/index.ts';
import { expandSweep, experimentFormat, kindOf, pluginsIn, type ExperimentSpec } from '../spec/index.ts';
import { UserError } from '../spec/user-error.ts';
import { figures } from './figures/index.ts';
import { headlineResolver } from './headlines.ts';
import { figureOf, tableOf } from './plugin-drawings.ts';
import type { ReportKinds } from './report-input.ts';
import { tables } from './tables/index.ts';

interface Loaded {
  readonly kinds: Kinds;
  readonly plugins: readonly LoadedPlugin[];
}

/**
 * @throws UserError (2) where a figure or table of a plug-in takes a name that is taken, or a task is judged by a
 *   metric without a better direction.
 */
export function reportKinds({ spec, ...loaded }: Loaded & { readonly spec: ExperimentSpec }): ReportKinds {
  const registered = registeredKinds(loaded);
  const headlines = headlinesOf(spec, loaded.kinds);
  const headlineFor = headlineResolver(headlines, metricLookup(registered.metrics));
  for (const task of Object.keys(headlines)) headlineFor(task);
  return { ...registered, headlines, claim: spec.report.claim, tried: spec.select?.over ?? {} };
}

/**
 * The same for an experiment on record. Its report is made even where a plug-in is gone or the specification is one of
 * another version: what is not known then is drawn neutrally, and the report says so.
 *
 * @param file plan.json, for messages.
 */
export async function recordedReportKinds(specText: string, file: string): Promise<ReportKinds> {
  // Pages have no path of a machine: what is moved or bundled has the same bytes.
  const named = basename(file);
  try {
    const { result, ...loaded } = await parseRecordedExperiment(specText, named);
    return reportKinds({ ...loaded, spec: result.spec });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return kindsThatAreLeft(specText, named, error);
  }
}

async function kindsThatAreLeft(specText: string, file: string, error: UserError): Promise<ReportKinds> {
  const named = namedIn(specText, file);
  const tried = await Promise.allSettled(named.map((one) => loadPlugins([one])));
  const plugins = tried.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const lost = tried.flatMap((one, index) => (one.status === 'rejected' ? [named[index]?.file ?? ''] : []));
  const judged = `Every task is judged by ${defaultHeadline}.`;
  return {
    ...registeredKinds({ kinds: kindsWith(plugins), plugins }),
    notes:
      lost.length > 0
        ? lost.map((plugin) => `The plug-in ${plugin} cannot be loaded: its kinds are not known here. ${judged}`)
        : [`This version does not read the recorded specification (${firstLine(error)}). ${judged}`],
  };
}

/** None where the text is no experiment at all. */
function namedIn(specText: string, file: string): ReturnType<typeof pluginsIn> {
  try {
    return pluginsIn(specText, file, () => '');
  } catch {
    return [];
  }
}

const firstLine = ({ message }: Error): string => message.split('\n')[0] ?? '';

function registeredKinds({ kinds, plugins }: Loaded): ReportKinds {
  return {
    arms: kinds.arms,
    metrics: kinds.metrics,
    figures: [...figures, ...addedTo(figures, 'figures', plugins, figureOf)],
    tables: [...tables, ...addedTo(tables, 'tables', plugins, tableOf)],
  };
}

/** What plug-ins add to ours. A name of ours keeps its meaning: equal records give equal reports. */
function addedTo<T extends { readonly id: string }>(
  ours: readonly T[],
  sort: 'figures' | 'tables',
  plugins: readonly LoadedPlugin[],
  read: (record: never, file: string) => T,
): readonly T[] {
  const taken = new Set(ours.map(({ id }) => id));
  return plugins.flatMap(({ plugin, file }) =>
    (plugin[sort] ?? []).map((record) => {
      const one = read(record as never, file);
      if (taken.has(one.id))
        throw new UserError(`${file}: ${sort}: the name ${one.id} is taken`, {
          exitCode: 2,
          hint: 'Give it another name.',
        });
      taken.add(one.id);
      return one;
    }),
  );
}

/** Task name -> the metric that its kind is judged by. */
function headlinesOf(spec: ExperimentSpec, kinds: Kinds): Readonly<Record<string, string>> {
  const { points } = expandSweep(spec, experimentFormat(kinds));
  return Object.fromEntries(points.map(({ spec: { task } }) => [task.name, kindOf(kinds.tasks, task).headline]));
}
