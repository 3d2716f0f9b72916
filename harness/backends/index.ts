/** Backends: programs that carry stages out. To add one, write its file and name it here, or register a plug-in's. */
import { didYouMean, UserError, type ExecutionSpec, type Numerics } from '../spec/index.ts';
import { numericsName } from '../stages/index.ts';
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

/** What an experiment says about the backend. */
export type ChosenBackend = Pick<ExecutionSpec, 'backend' | 'nodes' | 'ranksPerNode'>;

/** @throws UserError (2) where the experiment chose a backend that is not there, or cannot do what is asked. */
export function requireBackend(chosen: ChosenBackend, registered: readonly Backend[] = backends): void {
  requireRegistered(chosen.backend, registered);
  const { nodes, ranksPerNode } = chosen;
  if (nodes * ranksPerNode === 1 || chosen.backend !== native.name) return;
  const field = nodes > 1 ? 'nodes' : 'ranksPerNode';
  throw new UserError(`execution.${field}: expected 1 with the backend native, found ${chosen[field]}`, {
    exitCode: 2,
    hint: 'Our own engine is one process a stage. Set execution.backend: torch, or leave the field out.',
  });
}

function requireRegistered(chosen: string, registered: readonly Backend[]): void {
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

/**
 * The name of the arithmetic in which the backend that serves a stage will compute it; null = ours.
 * @throws UserError (2) where that backend does not compute in what is asked for.
 */
export function numericsOf(
  kind: string,
  asked: Numerics,
  { chosen, registered }: { readonly chosen: string; readonly registered: readonly Backend[] },
): string | null {
  const backend = backendOf(kind, chosen, registered);
  const { computesIn = ['float32'] } = backend;
  if (computesIn.includes(asked)) return numericsName(backend.numerics, asked);
  const able = registered.filter((one) => one.computesIn?.includes(asked) && one.serves(kind)).map(({ name }) => name);
  throw new UserError(`numerics: ${asked} is not what the backend ${backend.name} computes in, which serves ${kind}`, {
    exitCode: 2,
    hint:
      `Set numerics: ${computesIn.join(' or ')}` +
      `${able.length === 0 ? '' : `, or execution.backend: ${able.join(' or ')}`}.`,
  });
}
