/** The command that runs one stage by itself, as a worker does: for a person who looks into its failure. */
import { backendOf, backends, native } from '../backends/index.ts';
import { shellLine } from '../text/index.ts';
import type { StageTask } from '../store/index.ts';
import type { SweepOptions } from './sweep-types.ts';

export function stageCommand(
  task: StageTask,
  { backend = native.name, backends: registered = backends }: Pick<SweepOptions, 'backend' | 'backends'>,
): string {
  const chosen = backendOf(task.stage.kind, backend, registered);
  const run = ['harness', 'stage', 'run', task.folder];
  if (chosen === native) return shellLine(run);
  return shellLine(chosen.compute === undefined ? chosen.command(task) : [...run, '--backend', chosen.name]);
}
