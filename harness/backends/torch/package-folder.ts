/** The folder of the Python package `harness_torch`, its pyproject.toml and the locks of its environments. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Lies in the sources, not in the build: Python reads it as it is. */
export const packageFolder = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  ...(import.meta.url.endsWith('.ts') ? [] : ['../../../harness/backends/torch']),
);
