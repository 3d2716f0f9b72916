/** `harness doctor --install`: builds what a device needs into the cache, and says where it lies. */
import { resolve } from 'node:path';
import { installTfjs, type TfjsInstall } from '../../engine/index.ts';
import type { CliContext } from '../context.ts';
import { tfjsFolder } from '../folders.ts';

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
