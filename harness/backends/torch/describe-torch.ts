/** What the backend torch would find on this machine, for `harness doctor`. */
import type { Environment } from '../../engine/index.ts';
import { pythonVariable, torchPython, type TorchPython } from './find-python.ts';
import { lacking, neededPackages, probePython, type FoundPackages } from './install/probe.ts';
import { packageFolder } from './package-folder.ts';

export interface TorchDescription {
  /** Whether it can train and score here. */
  readonly available: boolean;
  readonly python: TorchPython;
  /** One line for people. */
  readonly detail: string;
  /** null where Python did not answer. */
  readonly found: FoundPackages | null;
}

/** @param folder Where Python is started; nothing is written there. */
export async function describeTorch(folder: string, env: Environment): Promise<TorchDescription> {
  const python = torchPython(env);
  const needed = neededPackages(packageFolder);
  const answer = await probePython(python.command, { folder, env, names: [...needed.keys()] });
  if ('lines' in answer) return { available: false, python, detail: silent(python, answer.lines), found: null };
  const wrong = answer.problem === null ? lacking(answer, needed) : [`torch does not load: ${answer.problem}`];
  return { available: wrong.length === 0, python, detail: detailOf(answer, python, wrong), found: answer };
}

const silent = ({ command }: TorchPython, lines: readonly string[]): string => `${command}: ${lines.at(-1) ?? ''}`;

function detailOf(found: FoundPackages, { from }: TorchPython, wrong: readonly string[]): string {
  const where = `Python ${found.python} at ${found.executable} (${origin[from]})`;
  return wrong.length > 0 ? `${where}: ${wrong.join(', ')}` : `${versions(found)}; ${where}`;
}

const origin: Readonly<Record<TorchPython['from'], string>> = {
  named: pythonVariable,
  installed: 'doctor --install torch',
  path: 'PATH',
};

function versions({ packages, cards, cuda }: FoundPackages): string {
  const onCards =
    cards.length > 0 ? `${cards.length} x ${cards[0]}` : `no card, built ${cuda === null ? 'without' : `for`} CUDA`;
  const all = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [...all, `${onCards}${cuda === null ? '' : ` ${cuda}`}`].join(', ');
}
