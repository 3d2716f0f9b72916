/** `harness data model ORG/NAME`: a revision of a model from the Hugging Face hub into the cache. */
import { fetchModel, modelPattern } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { modelsFolder } from '../folders.ts';
import { transferLine } from '../output/transfer-line.ts';

interface ModelFlags {
  readonly revision: string;
  readonly json: boolean;
}

/** @throws UserError (2) for a name that is none, (3) where the hub has no such model or cannot be reached. */
export async function dataModel(context: CliContext, { revision, json }: ModelFlags, model: string): Promise<void> {
  if (!modelPattern.test(model))
    throw new UserError(`expected ORG/NAME, found ${model}`, {
      exitCode: 2,
      hint: 'The name as it stands on the page of the model.',
    });
  const { env, stderr } = context.host;
  let line = transferLine(stderr, model, !json);
  let shown = '';
  const found = await fetchModel(model, revision, {
    modelsFolder: modelsFolder(env),
    env,
    onProgress: (file, done, total) => {
      if (file !== shown) {
        line.end();
        line = transferLine(stderr, `${model}/${file}`, !json);
        shown = file;
      }
      line.show(done, total);
    },
  }).finally(() => line.end());
  if (json) return context.printJson({ ...found });
  const size = `${plural(found.files, 'file')}, ${(found.bytes / 1e9).toFixed(2)} GB`;
  context.print(`${found.folder}: ${size}${found.wasThere ? ', was there already' : ', verified'}`);
  context.print(`start: {kind: hub, model: ${model}, revision: ${found.revision}}`);
}
