/** Reads a task as its stage does. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskData } from '../../../harness/data/preference-pair.ts';
import { builtInKinds, graderOf, type TaskKind } from '../../../harness/kinds/index.ts';
import { kindOf, type TaskSpec } from '../../../harness/spec/index.ts';

export const mirrorFolder =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../../shared/datasets', import.meta.url));
export const hasMirror = existsSync(path.join(mirrorFolder, 'math'));

/** Of a section of an experiment, defaults filled in. */
export function taskOf(section: object): { readonly kind: TaskKind; readonly spec: TaskSpec } {
  const kind = kindOf(builtInKinds.tasks, section as TaskSpec);
  return { kind, spec: kind.schema.parse({ name: 'example', ...section }) as unknown as TaskSpec };
}

/** By the grader that the section names, else by that of its kind. */
export function readTask(section: object, cacheFolder: string): Promise<TaskData> {
  const { kind, spec } = taskOf(section);
  return kind.read(spec, {
    cacheFolder,
    scratchFolder: cacheFolder,
    mirrorFolder,
    tokenizerFolder: null,
    responseEnd: null,
    download: false,
    note: () => {},
    grader: graderOf(kind, spec, builtInKinds),
  });
}
