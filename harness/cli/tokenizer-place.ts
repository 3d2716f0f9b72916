/**
 * MODEL of a command that needs only its tokenizer: a tokenizer.json, a folder with one, or the id of a stage that has
 * one or was made from one (its beginning is enough).
 */
import { existsSync, statSync } from 'node:fs';
import { sentencePieceHint } from '../data/index.ts';
import { UserError } from '../spec/user-error.ts';
import { stageFolder } from '../store/index.ts';
import { stageBeginningWith } from './stage-beginning-with.ts';
import { stageTokenizer } from './stage-tokenizer.ts';

/** Path of the tokenizer.json. @throws UserError (2) where MODEL is none of these. */
export function tokenizerPlace(named: string, resultsFolder: string): string {
  if (existsSync(named) && !statSync(named).isDirectory()) return named;
  const folder = existsSync(named) ? named : recordedFolder(named, resultsFolder);
  const place = stageTokenizer(folder);
  if (place !== null) return place;
  throw new UserError(`${folder}: has no tokenizer.json`, {
    exitCode: 2,
    hint: `Give another folder, or the file itself. ${sentencePieceHint}`,
  });
}

function recordedFolder(named: string, resultsFolder: string): string {
  const id = /^[a-z]+-[0-9a-f]*$/.test(named) ? stageBeginningWith(named, resultsFolder) : null;
  if (id !== null) return stageFolder(resultsFolder, id);
  throw new UserError(`${named}: no such file, folder or stage`, {
    exitCode: 2,
    hint: 'Give a tokenizer.json, the folder of a model, or the id of a stage; `harness ls stages` lists them.',
  });
}
