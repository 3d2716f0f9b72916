/** Backends: programs that carry stages out. To add one, write its file and name it here, or register a plug-in's. */
import { didYouMean, UserError } from '../spec/index.ts';
import type { PluginFile } from '../store/index.ts';
import type { Backend } from './backend.ts';
import { native } from './native.ts';
import { torch } from './torch/torch.ts';

export type { Backend } from './backend.ts';
export { native } from './native.ts';

export type { InstalledTorch, TorchDescription } from './torch/tools.ts';

/** The environment of torch, and scores of model folders by it. */
export const torchTools = (): Promise<typeof import('./torch/tools.ts')> => import('./torch/tools.ts');

export const backends: readonly Backend[] = [native, torch];

/** What plug-ins register, as far as backends are concerned. */
interface WithBackends extends PluginFile {
  readonly plugin: { readonly backends?: readonly object[] };
}

/** Ours, and those of the plug-ins. @throws UserError (2) where a name is taken. */
export function backendsWith(plugins: readonly WithBackends[]): readonly Backend[] {
  const all = [...backends];
  for (const { plugin, file } of plugins)
    for (const backend of (plugin.backends ?? []) as readonly Backend[]) {
      if (all.some(({ name }) => name === backend.name))
        throw new UserError(`${file}: the name ${backend.name} is taken`, {
          exitCode: 2,
          hint: 'Give the backend another name.',
        });
      all.push(backend);
    }
  return all;
}

/** @throws UserError (2) where the experiment chose a backend that is not there. */
export function requireBackend(chosen: string, registered: readonly Backend[] = backends): void {
  const names = registered.map(({ name }) => name);
  if (names.includes(chosen)) return;
  throw new UserError(`execution.backend: expected ${names.join(' or ')}, found ${chosen}`, {
    exitCode: 2,
    hint: didYouMean(chosen, names) ?? 'A plug-in registers further backends: name it under plugins.',
  });
}

/** The backend that serves a stage: the one that was chosen where it serves the kind, else ours. */
export function backendOf(kind: string, chosen: string, registered: readonly Backend[] = backends): Backend {
  const backend = registered.find(({ name }) => name === chosen);
  return backend?.serves(kind) === true ? backend : native;
}
