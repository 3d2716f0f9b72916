/** Backends: programs that carry stages out. To add one, write its file and name it here, or register a plug-in's. */
import type { Backend } from './backend.ts';
import { native } from './native.ts';

export type { Backend } from './backend.ts';
export { native } from './native.ts';

export const backends: readonly Backend[] = [native];

/** The backend that serves a stage: the one that was chosen where it serves the kind, else ours. */
export function backendOf(kind: string, chosen: string, registered: readonly Backend[] = backends): Backend {
  const backend = registered.find(({ name }) => name === chosen);
  return backend?.serves(kind) === true ? backend : native;
}
