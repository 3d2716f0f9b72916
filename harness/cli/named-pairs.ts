/** Pairs as a person names them: an experiment file, a pairs stage, its folder, or a file of pairs. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readPairsFile, type PreferencePair, type Rows, type Tokenizer } from '../data/index.ts';
import { kindOf } from '../spec/index.ts';
import { UserError } from '../spec/user-error.ts';
import { pairsOfStage, readTokenizer } from '../stages/index.ts';
import { readDescription, readStageState, stageFolder, stageFiles } from '../store/index.ts';
import { loadPlan } from './load-plan.ts';
import { stageBeginningWith } from './stage-beginning-with.ts';
import { isSpecFile } from './spec-file.ts';

export interface NamedPairs {
  readonly name: string;
  readonly trained: Rows<PreferencePair>;
  readonly heldOut: Rows<PreferencePair>;
  /** null where none comes with the pairs. */
  readonly tokenizer: Tokenizer | null;
}

export interface PairsPlace {
  readonly resultsFolder: string;
  /** Of pairs of files that do not say theirs; null = not known. */
  readonly language: string | null;
  note(text: string): void;
}

/**
 * One set, or for an experiment all of its sets.
 * @throws UserError (2) for what is none of these; (5) where the pairs of an experiment are not made yet.
 */
export async function namedPairs(subject: string, place: PairsPlace): Promise<readonly NamedPairs[]> {
  if (isSpecFile(subject)) return pairsOfExperiment(subject, place.resultsFolder);
  const stat = statSync(subject, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return [pairsIn(subject, basename(subject), null)];
  if (stat !== undefined)
    return [
      { name: basename(subject), ...(await readPairsFile(subject, place.language, place.note)), tokenizer: null },
    ];
  const id = stageIdOf(subject, place.resultsFolder);
  return [pairsIn(stageFolder(place.resultsFolder, id), id, place.resultsFolder)];
}

/** Of every pairs stage that its trials are pretrained on, by the stage's kind and what tells it apart. */
async function pairsOfExperiment(file: string, resultsFolder: string): Promise<readonly NamedPairs[]> {
  const { plan, kinds } = await loadPlan(file, []);
  const stages = plan.stages.filter((stage) => stage.kind === 'pairs');
  const preferred = stages.filter(({ config }) => kindOf(kinds.pairs, config.pairs).hasPreference !== false);
  if (preferred.length === 0)
    throw new UserError(`${file}: no trial is pretrained on preference pairs`, {
      exitCode: 2,
      hint: 'There is nothing to audit without a section pairs and an objective that reads it.',
    });
  const made = preferred.filter(({ id }) => readStageState(resultsFolder, id) === 'done');
  if (made.length < preferred.length)
    throw new UserError(
      `${preferred.length - made.length} of ${preferred.length} sets of pairs of ${file} are not made yet in ` +
        resultsFolder,
      { exitCode: 5, hint: `\`harness sweep ${file}\` makes them; --results names another results folder.` },
    );
  const nameOf = (id: string, kind: string): string => `${kind} ${id.slice('pairs-'.length, 'pairs-'.length + 6)}`;
  return Promise.all(
    made.map(({ id, config }) => pairsIn(stageFolder(resultsFolder, id), nameOf(id, config.pairs.kind), resultsFolder)),
  );
}

/** `resultsFolder`: where the stage's tokenizer lies; null = not known. */
function pairsIn(folder: string, name: string, resultsFolder: string | null): NamedPairs {
  if (!existsSync(join(folder, stageFiles.done)) || !basename(folder).startsWith('pairs-'))
    throw new UserError(`${folder}: not the folder of a pairs stage that is done`, {
      exitCode: 2,
      hint: '`harness ls stages --kind pairs` lists them.',
    });
  return { name, ...pairsOfStage(folder), tokenizer: tokenizerOf(folder, resultsFolder) };
}

function tokenizerOf(folder: string, resultsFolder: string | null): Tokenizer | null {
  const id = readDescription(folder).inputs['tokenizer'];
  if (id === undefined || resultsFolder === null || readStageState(resultsFolder, id) !== 'done') return null;
  return readTokenizer(stageFolder(resultsFolder, id));
}

/** `pairs/1f24` and `pairs-1f24`: the beginning of an id is enough. */
function stageIdOf(subject: string, resultsFolder: string): string {
  const wanted = subject.replace(/^pairs\//, 'pairs-');
  const id = wanted.startsWith('pairs-') ? stageBeginningWith(wanted, resultsFolder) : null;
  if (id === null)
    throw new UserError(`${subject}: no such file, and no pairs stage in ${resultsFolder}`, {
      exitCode: 2,
      hint: `Give an experiment file, pairs/<id> (\`harness ls stages --kind pairs\`), or a file of pairs.`,
    });
  return id;
}
