/** `harness stage ready SPEC`: which stages could be carried out now, by whatever starts programs on folders. */
import type { Device } from '../../engine/index.ts';
import { readyStages } from '../../run/index.ts';
import { ranksOf } from '../../spec/index.ts';
import { plural, withoutSecrets } from '../../text/index.ts';
import { quoted } from '../command-name.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder } from '../folders.ts';
import { loadPlan } from '../load-plan.ts';

interface ReadyFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly set?: readonly string[];
  readonly device?: Device | 'auto';
}

export async function stageReady(context: CliContext, flags: ReadyFlags, file: string): Promise<void> {
  const { set = [], device, results, json } = flags;
  const settings = [...set, ...(device === undefined ? [] : [`execution.device=${device}`])];
  const { plan, kinds, plugins, specText, spec } = await loadPlan(file, settings);
  const { folders, counts } = await readyStages({
    plan,
    kinds,
    plugins: plugins.map((plugin) => ({ file: plugin.file, digest: plugin.digest })),
    specText,
    command: sweepCommandOf(flags, file),
    resultsFolder: context.resultsFolder(results),
    cacheFolder: cacheFolder(context.host.env),
    execution: { ...spec.execution, ranks: ranksOf(spec.execution) },
    onEvent: (event) => {
      if (event.type === 'note') context.note(event.text);
    },
  });
  if (json) return context.printJson({ ready: folders, ...counts });
  for (const folder of folders) context.print(folder);
  const { done, running, waiting, failed, blocked } = counts;
  const states = { ready: folders.length, running, waiting, failed, blocked, done };
  context.note(
    `of ${plural(plan.stages.length, 'stage')} ${Object.entries(states)
      .filter(([, count]) => count > 0)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}`,
  );
}

/** What continues in the usual way; it is recorded with the plan. */
function sweepCommandOf({ set = [], device, results }: ReadyFlags, file: string): string {
  const settings = set.map(withoutSecrets).flatMap((setting) => ['-s', setting]);
  return [
    'harness',
    'sweep',
    file,
    ...settings,
    ...(device === undefined ? [] : ['--device', device]),
    ...(results === undefined ? [] : ['--results', results]),
  ]
    .map(quoted)
    .join(' ');
}
