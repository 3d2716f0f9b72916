/**
 * MODEL as a person writes it: a folder, or the id of a finetune stage in the results folder (its beginning is enough).
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { stageFiles, stageFolder } from '../store/index.ts';
import { stageBeginningWith } from './stage-beginning-with.ts';

/** Throws UserError (exit 2) where there is no such folder, or the id is not one stage that is done. */
export function modelFolder(named: string, resultsFolder: string): string {
  if (existsSync(named) && statSync(named).isDirectory()) return named;
  if (!/^(finetune|decay)-[0-9a-f]*$/.test(named))
    throw new UserError(`${named}: no such folder`, { exitCode: 2, hint: adviceFor(named) });
  const id = stageBeginningWith(named, resultsFolder);
  if (id === null)
    throw new UserError(`${named}: no such stage in ${resultsFolder}`, {
      exitCode: 2,
      hint: '`harness ls stages --kind finetune` lists them; --results names another results folder.',
    });
  const folder = stageFolder(resultsFolder, id);
  if (!existsSync(join(folder, stageFiles.done)))
    throw new UserError(`${id}: not done`, { exitCode: 2, hint: `\`harness logs ${id}\` tells how far it is.` });
  return folder;
}

function adviceFor(named: string): string {
  if (existsSync(named)) return 'MODEL is a folder with config.json and the weights, not a file.';
  if (/^[\w.-]+\/[\w.-]+$/.test(named))
    return 'Nothing is downloaded here: fetch the model first (`hf download NAME --local-dir DIR`) and give its folder.';
  return 'Give the folder of a model, or the id of a stage that wrote one (finetune-..., decay-...).';
}
