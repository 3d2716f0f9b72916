/** `harness data model ORG/NAME`: a revision of a model from the Hugging Face hub into the cache. */
import { fetchModel, modelPattern } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { modelsFolder } from '../folders.ts';
import { transferLine, type TransferLine } from '../output/transfer-line.ts';

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
  const { env } = context.host;
  const lines = new FileLines(context, model, !json);
  const options = { modelsFolder: modelsFolder(env), env, onProgress: lines.show };
  const found = await fetchModel(model, revision, options).finally(() => lines.end());
  if (json) return context.printJson({ ...found });
  const size = `${plural(found.files, 'file')}, ${(found.bytes / 1e9).toFixed(2)} GB`;
  context.print(`${found.folder}: ${size}${found.wasThere ? ', was there already' : ', verified'}`);
  context.print(`start: {kind: hub, model: ${model}, revision: ${found.revision}}`);
}

/** One line for each file, one after the other. */
class FileLines {
  readonly #open: (file: string) => TransferLine;
  #shown: { readonly file: string; readonly line: TransferLine } | null = null;

  constructor({ host }: CliContext, model: string, isWanted: boolean) {
    this.#open = (file) => transferLine(host.stderr, `${model}/${file}`, isWanted);
  }

  readonly show = (file: string, done: number, total: number | null): void => {
    if (this.#shown?.file !== file) {
      this.end();
      this.#shown = { file, line: this.#open(file) };
    }
    this.#shown.line.show(done, total);
  };

  end(): void {
    this.#shown?.line.end();
    this.#shown = null;
  }
}
