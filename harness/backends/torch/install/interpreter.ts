/** The Python that an environment is made with, asked what it is. */
import { callTool, type Environment } from '../../../engine/index.ts';
import { UserError } from '../../../spec/index.ts';

export interface Interpreter {
  readonly executable: string;
  /** As 3.11.7. */
  readonly version: string;
  readonly platform: string;
  readonly machine: string;
  /** Whether it can make environments: Debian takes that out into a package of its own. */
  readonly hasVenv: boolean;
}

const leastMinor = 10;

const question = `
import importlib.util as util, json, platform, sys
has = all(util.find_spec(name) is not None for name in ('venv', 'ensurepip'))
print(json.dumps({'executable': sys.executable, 'version': platform.python_version(), 'platform': sys.platform,
                  'machine': platform.machine(), 'hasVenv': has}))
`;

/** @throws UserError (3) where there is no such Python, or it is older than 3.10. */
export async function askInterpreter(python: string, folder: string, env: Environment): Promise<Interpreter> {
  const answer = await callTool({ command: python, args: ['-c', question], folder, env });
  if (!('output' in answer)) throw refusal(`there is no Python that runs as ${python}: ${answer.lines.at(-1)}`);
  const found = parsed(python, answer.output);
  const [major = 0, minor = 0] = found.version.split('.').map(Number);
  if (major === 3 && minor >= leastMinor) return found;
  throw refusal(`${found.executable} is Python ${found.version}, and torch needs 3.${leastMinor} or newer`);
}

function refusal(message: string, cause?: unknown): UserError {
  const hint = `Install Python 3.${leastMinor} or newer, or name one with --python PYTHON.`;
  return new UserError(message, { exitCode: 3, hint, cause });
}

/** Python 2 would not even read the question in the same way. */
function parsed(python: string, output: string): Interpreter {
  try {
    return JSON.parse(output) as Interpreter;
  } catch (cause) {
    throw refusal(`${python} is no Python: it answered ${JSON.stringify(output.slice(0, 100))}`, cause);
  }
}
