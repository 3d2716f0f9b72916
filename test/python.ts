/** The Python of optional tests, against which the harness is held. */
import { spawnSync } from 'node:child_process';

/**
 * The interpreter that HARNESS_PYTHON names, where it has these modules; null with a printed reason elsewhere.
 *
 * @param modules As behind `import`: `torch, transformers`.
 */
export function pythonWith(modules: string): string | null {
  const python = process.env['HARNESS_PYTHON'];
  if (python !== undefined && spawnSync(python, ['-c', `import ${modules}`]).status === 0) return python;
  console.log(`skipped: HARNESS_PYTHON names no Python with ${modules.replace(/, (?=[^,]*$)/, ' and ')}`);
  return null;
}
