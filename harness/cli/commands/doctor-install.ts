/** `harness doctor --install`: builds what a device or a backend needs into the cache, and says where it lies. */
import { resolve } from 'node:path';
import { torchTools, type InstalledTorch } from '../../backends/index.ts';
import { installTfjs, type TfjsInstall } from '../../engine/index.ts';
import type { CliContext } from '../context.ts';
import { tfjsFolder, torchFolder } from '../folders.ts';

interface InstallFlags {
  readonly install: 'tfjs' | 'tfjs-gpu';
  readonly wheel: string | null;
  readonly python: string;
  readonly json: boolean;
}

export async function installDevice(context: CliContext, flags: InstallFlags): Promise<void> {
  const { build, wasThere } = await installTfjs(installOf(context, flags));
  if (flags.json) return context.printJson({ ok: true, installed: !wasThere, ...build });
  const what = `@tensorflow/${build.package} ${build.packageVersion} on TensorFlow ${build.tensorflow}`;
  context.print(`${what} ${wasThere ? 'is there already' : 'works'}: ${build.folder}\n--device tfjs uses it.`);
}

function installOf(context: CliContext, { install, wheel, python }: InstallFlags): TfjsInstall {
  const { env } = context.host;
  return {
    name: install === 'tfjs' ? 'tfjs-node' : 'tfjs-node-gpu',
    buildsFolder: tfjsFolder(env),
    wheel: wheel === null ? null : resolve(wheel),
    python,
    env,
    packageSpec: null,
    note: (text) => context.note(text),
  };
}

export interface TorchFlags {
  readonly torch: 'auto' | 'cpu' | 'cuda';
  readonly wheels: readonly string[];
  readonly index: string | null;
  readonly lock: string | null;
  readonly python: string;
  readonly json: boolean;
}

export async function installTorchHere(context: CliContext, flags: TorchFlags): Promise<void> {
  const { environment, wasThere } = await installed(context, flags);
  if (flags.json) return context.printJson({ ok: true, installed: !wasThere, ...environment });
  const what = `torch ${environment.torch} and transformers ${environment.transformers}`;
  const how = wasThere ? 'are there already' : 'work';
  context.print(`${what} ${how}: ${environment.folder}\nexecution.backend: torch uses them.`);
}

async function installed(context: CliContext, flags: TorchFlags): Promise<InstalledTorch> {
  const { env } = context.host;
  const { installTorch, packageFolder } = await torchTools();
  return await installTorch({
    build: flags.torch,
    folder: torchFolder(env),
    python: flags.python,
    wheels: flags.wheels.map((folder) => resolve(folder)),
    index: flags.index,
    lockFile: flags.lock === null ? null : resolve(flags.lock),
    env,
    packageFolder,
    note: (text) => context.note(text),
  });
}
