/** The section of a task that no stage stands for: of an experiment, of a file of its own, or of a kind by its name. */
import { existsSync, readFileSync } from 'node:fs';
import { builtInKinds, kindsWith, loadPlugins, readValidExperiment, type Kinds } from '../kinds/index.ts';
import { experimentFormat, loadTask, namedPlugins, tasksOf, UserError, type TaskSpec } from '../spec/index.ts';
import { isSpecFile } from './spec-file.ts';

export const isTaskKind = (named: string): boolean => builtInKinds.tasks.some(({ kind }) => kind === named);

export interface SpecAndKinds {
  readonly spec: TaskSpec;
  readonly kinds: Kinds;
}

/** null where nothing is called so. @throws UserError (2) with all that is wrong with the section. */
export async function specNamed(named: string, set: readonly string[]): Promise<SpecAndKinds | null> {
  const overrides = set.map((one) => (one.startsWith('task.') ? one : `task.${one}`));
  if (isTaskKind(named)) return kindNamed(named, overrides);
  const [, file = named, wanted = null] = /^(.+\.ya?ml)#(.+)$/.exec(named) ?? [];
  if (!isSpecFile(file) || !existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  if (/^(formatVersion|extends):/m.test(text)) return taskOfExperiment(file, wanted, overrides);
  const kinds = kindsWith(await loadPlugins(namedPlugins(file)));
  return { kinds, spec: loadTask(text, file, { format: experimentFormat(kinds), overrides }) };
}

function kindNamed(kind: string, overrides: readonly string[]): SpecAndKinds {
  const text = `task:\n  kind: ${kind}\n  name: ${kind}\n`;
  const format = experimentFormat(builtInKinds);
  return { kinds: builtInKinds, spec: loadTask(text, `--task ${kind}`, { format, overrides }) };
}

async function taskOfExperiment(
  file: string,
  wanted: string | null,
  overrides: readonly string[],
): Promise<SpecAndKinds> {
  const { result, kinds } = await readValidExperiment(file, overrides);
  const all = tasksOf(result.spec, experimentFormat(kinds));
  const named = all.filter(({ name }) => wanted === null || name === wanted);
  const [spec, ...others] = named;
  if (spec !== undefined && others.length === 0) return { spec, kinds };
  const names = all.map(({ name }) => name).join(', ');
  throw new UserError(
    spec === undefined ? `${file}: has no task ${wanted}: ${names}` : `${file}: has ${named.length} tasks: ${names}`,
    { exitCode: 2, hint: `Name one of them: --task ${file}#NAME, or set the field that tells them apart with -s.` },
  );
}
