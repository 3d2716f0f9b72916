/** What the report of an experiment is made of: what is registered, and what its plug-ins add. */
import {
  defaultHeadline,
  kindsWith,
  loadPlugins,
  metricLookup,
  metrics,
  parseRecordedExperiment,
  type Kinds,
  type LoadedPlugin,
} from '../kinds/index.ts';
import { expandSweep, experimentFormat, kindOf, pluginsIn, type ExperimentSpec } from '../spec/index.ts';
import { UserError } from '../spec/user-error.ts';
import { figures } from './figures/index.ts';
import { headlineResolver } from './headlines.ts';
import { figureOf, metricOf, tableOf } from './plugin-drawings.ts';
import type { ReportKinds } from './report-input.ts';
import { tables } from './tables/index.ts';

interface Loaded {
  readonly kinds: Kinds;
  readonly plugins: readonly LoadedPlugin[];
}

/**
 * @throws UserError (2) where a plug-in registers what is no metric, figure or table, takes a name that is taken, or
 *   judges a task by a metric without a better direction.
 */
export function reportKinds({ spec, ...loaded }: Loaded & { readonly spec: ExperimentSpec }): ReportKinds {
  const registered = registeredKinds(loaded);
  const headlines = headlinesOf(spec, loaded.kinds);
  const headlineFor = headlineResolver(headlines, metricLookup(registered.metrics));
  for (const task of Object.keys(headlines)) headlineFor(task);
  return { ...registered, headlines };
}

/**
 * The same for an experiment on record. Its report is made even where a plug-in is gone or the specification is one of
 * another version: what is not known then is drawn neutrally, and the report says so.
 *
 * @param file plan.json, for messages.
 */
export async function recordedReportKinds(specText: string, file: string): Promise<ReportKinds> {
  try {
    const { result, ...loaded } = await parseRecordedExperiment(specText, file);
    return reportKinds({ ...loaded, spec: result.spec });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return kindsThatAreLeft(specText, file, error);
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
    // Templates count in order, and ours would catch everything.
    metrics: [...addedTo(metrics, 'metrics', plugins, metricOf), ...metrics],
    figures: [...figures, ...addedTo(figures, 'figures', plugins, figureOf)],
    tables: [...tables, ...addedTo(tables, 'tables', plugins, tableOf)],
  };
}

type Named = { readonly id: string } | { readonly name: string };

/** What plug-ins add to ours. A name of ours keeps its meaning: equal records give equal reports. */
function addedTo<T extends Named>(
  ours: readonly T[],
  sort: 'metrics' | 'figures' | 'tables',
  plugins: readonly LoadedPlugin[],
  read: (record: never, file: string) => T,
): readonly T[] {
  const nameOf = (one: Named): string => ('id' in one ? one.id : one.name);
  const taken = new Set(ours.map(nameOf));
  return plugins.flatMap(({ plugin, file }) =>
    (plugin[sort] ?? []).map((record) => {
      const one = read(record as never, file);
      if (taken.has(nameOf(one)))
        throw new UserError(`${file}: ${sort}: the name ${nameOf(one)} is taken`, {
          exitCode: 2,
          hint: 'Give it another name.',
        });
      taken.add(nameOf(one));
      return one;
    }),
  );
}

/** Task name -> the metric that its kind is judged by. */
function headlinesOf(spec: ExperimentSpec, kinds: Kinds): Readonly<Record<string, string>> {
  const { points } = expandSweep(spec, experimentFormat(kinds));
  return Object.fromEntries(points.map(({ spec: { task } }) => [task.name, kindOf(kinds.tasks, task).headline]));
}
