/**
 * MODEL of a command that needs only its tokenizer: a tokenizer.json, a folder with one, or the id of a stage that has
 * one or was made from one (its beginning is enough).
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { stageFolder, stageIds } from '../store/index.ts';
import { stageTokenizer } from './stage-tokenizer.ts';

/** Path of the tokenizer.json. @throws UserError (2) where MODEL is none of these. */
export function tokenizerPlace(named: string, resultsFolder: string): string {
  if (existsSync(named) && !statSync(named).isDirectory()) return named;
  const folder = existsSync(named) ? named : recordedFolder(named, resultsFolder);
  const place = stageTokenizer(folder);
  if (place !== null) return place;
  throw new UserError(`${folder}: has no tokenizer.json`, {
    exitCode: 2,
    hint:
      'Give another folder, or the file itself. (A tokenizer.model alone becomes a tokenizer.json with ' +
      'AutoTokenizer.from_pretrained(...).save_pretrained(...) in Python.)',
  });
}

function recordedFolder(named: string, resultsFolder: string): string {
  const found = /^[a-z]+-[0-9a-f]*$/.test(named) ? stageIds(resultsFolder).filter((id) => id.startsWith(named)) : [];
  const [id] = found;
  if (id !== undefined && found.length === 1) return stageFolder(resultsFolder, id);
  if (id === undefined)
    throw new UserError(`${named}: no such file, folder or stage`, {
      exitCode: 2,
      hint: 'Give a tokenizer.json, the folder of a model, or the id of a stage; `harness ls stages` lists them.',
    });
  throw new UserError(
    `${named}: the beginning of ${found.length} stages: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', ...' : ''}`,
    { exitCode: 2, hint: 'Give more of the id.' },
  );
}

/** The tokenizer_config.json beside a tokenizer.json, whether it is there or not. */
export function configBeside(tokenizer: string): string {
  return join(tokenizer, '..', 'tokenizer_config.json');
}
