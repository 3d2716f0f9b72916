/** What a Python has of what the backend torch needs, found by loading it in a process of its own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { callTool, type Environment } from '../../../engine/index.ts';

export interface FoundPackages {
  readonly executable: string;
  readonly python: string;
  /** Version by name; null where it is not there. */
  readonly packages: Readonly<Record<string, string | null>>;
  /** Names of the cards that torch sees. */
  readonly cards: readonly string[];
  /** The CUDA that torch was built for; null for a build without it. */
  readonly cuda: string | null;
  /** What went wrong while torch was loaded. */
  readonly problem: string | null;
}

const question = `
import importlib.metadata as metadata, json, platform, sys
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
found = dict(executable=sys.executable, python=platform.python_version(), cards=[], cuda=None, problem=None,
             packages={name: version(name) for name in sys.argv[1:]})
if found['packages'].get('torch') is not None:
    try:
        import torch
        found['cuda'] = torch.version.cuda
        if torch.cuda.is_available():
            found['cards'] = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    except BaseException as error:
        found['problem'] = f'{type(error).__name__}: {error}'
print(json.dumps(found))
`;

/** What it has, or the lines that say why it did not answer: there is no such Python, or torch crashed it. */
export async function probePython(
  python: string,
  { folder, env, names }: { readonly folder: string; readonly env: Environment; readonly names: readonly string[] },
): Promise<FoundPackages | { readonly lines: readonly string[] }> {
  const answer = await callTool({ command: python, args: ['-c', question, ...names], folder, env });
  if (!('output' in answer)) return answer;
  const last = answer.output.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last) as FoundPackages;
  } catch {
    return { lines: [`it answered ${JSON.stringify(last.slice(0, 200))}`] };
  }
}

/** The packages that are needed, and the oldest version of each: what pyproject.toml says. */
export function neededPackages(packageFolder: string): ReadonlyMap<string, string> {
  const text = readFileSync(path.join(packageFolder, 'pyproject.toml'), 'utf8');
  const [, list = ''] = /^dependencies = \[([^\]]*)\]/m.exec(text) ?? [];
  return new Map([...list.matchAll(/"([\w-]+)>=([\d.]+)"/g)].map(([, name = '', least = '']) => [name, least]));
}

/** Packages that are not there or too old, each as a person would say it. */
export function lacking({ packages }: Pick<FoundPackages, 'packages'>, needed: ReadonlyMap<string, string>): string[] {
  return [...needed].flatMap(([name, least]) => {
    const version = packages[name] ?? null;
    if (version === null) return [`no ${name}`];
    return isAtLeast(version, least) ? [] : [`${name} ${version}, which is older than ${least}`];
  });
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split(/[.+]/).map(Number)) as [number[], number[]];
  for (const [place, number] of want.entries()) {
    const own = have[place] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}
