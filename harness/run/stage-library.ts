/** The stages a process can run, with the kinds that they call: ours, and those of a task's plug-ins. */
import { torchTools, type Backend } from '../backends/index.ts';
import { kindsWith, loadPlugins, type Kinds, type LoadedPlugin } from '../kinds/index.ts';
import { UserError } from '../spec/user-error.ts';
import {
  clearScratch,
  stageKind,
  stageTools,
  type StageContext,
  type StageEnd,
  type StageKind,
  type StageTools,
} from '../stages/index.ts';
import type { PluginFile } from '../store/index.ts';

export interface StageLibrary {
  readonly tools: StageTools;
  /** @throws UserError (2) where there is no such stage, or a plug-in cannot be loaded. */
  load(
    kind: string,
    plugins: readonly PluginFile[],
  ): Promise<{ readonly run: StageKind['run']; readonly kinds: Kinds }>;
}

/** @param backend Who trains and scores; this process where none is given, or one that does not take that over. */
export function stageLibrary(backend?: Backend): StageLibrary {
  return {
    tools: {
      ...stageTools(),
      ...(backend?.compute && { compute: onceFor(backend.compute) }),
      writer: onceFor(async (execution) => (await torchTools()).torchWriter(execution)),
    },
    load: async (kind, files) => {
      const plugins = await loadPlugins(files);
      const added = plugins.flatMap(({ plugin, file }) => ownStages(plugin, file));
      const stage = stageKind(kind) ?? added.find((one) => one.kind === kind);
      if (stage === undefined) throw new UserError(`there is no stage kind ${kind}`, { exitCode: 2 });
      return { run: (context) => withCleanScratch(stage, context), kinds: kindsWith(plugins) };
    },
  };
}

/** One for all stages of the process. */
function onceFor<Opened>(
  open: (execution: StageContext['execution']) => Promise<Opened>,
): (execution: StageContext['execution']) => Promise<Opened> {
  let opened: Promise<Opened> | null = null;
  return (execution) => (opened ??= open(execution));
}

/** What kinds leave in their scratch folder is no output, and of no use to the next attempt. */
async function withCleanScratch(stage: StageKind, context: StageContext): Promise<StageEnd> {
  clearScratch(context.folder);
  try {
    return await stage.run(context);
  } finally {
    clearScratch(context.folder);
  }
}

function ownStages({ stages = [] }: LoadedPlugin['plugin'], file: string): readonly StageKind[] {
  const own = stages as readonly StageKind[];
  const taken = own.find(({ kind }) => stageKind(kind) !== undefined);
  if (taken === undefined) return own;
  throw new UserError(`${file}: the name ${taken.kind} is taken`, {
    exitCode: 2,
    hint: 'Give the stage another name.',
  });
}
