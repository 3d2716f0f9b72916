/** What lies at hand: experiment files beside the person, experiments and stages on record. For examples that work. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { experimentNames, planFile, readStoreState, stageFiles, stageFolder, stageIds } from '../store/index.ts';
import { isSpecFile } from './spec-file.ts';

export interface AtHand {
  /** Experiment files, the quickest first. */
  specs(): readonly SpecAtHand[];
  /** Names of experiments on record, the newest first. */
  experiments(): readonly string[];
  /** Ids of stages on record, the newest first. */
  stages(): readonly string[];
  /** Folders of stages that can be run by hand, the newest first. */
  stageFolders(): readonly string[];
  /** Id of the newest model that is ready, or null. */
  model(): string | null;
}

export interface SpecAtHand {
  readonly file: string;
  readonly question: string | null;
  /** Whether it says itself what it claims. */
  readonly hasClaim: boolean;
}

/** @param resultsFolder Where experiments and stages are looked for. */
export function atHand(resultsFolder: string): AtHand {
  return {
    specs: () => ['experiments', '.'].flatMap(specsIn).sort((a, b) => orderOf(a) - orderOf(b)),
    experiments: () => newestFirst(experimentNames(resultsFolder), (name) => planFile(resultsFolder, name)),
    stages: () => stagesIn(resultsFolder),
    stageFolders: () =>
      stagesIn(resultsFolder)
        .map((id) => stageFolder(resultsFolder, id))
        .filter((folder) => existsSync(join(folder, stageFiles.task))),
    model: () => {
      const finetuned = stagesIn(resultsFolder).filter((id) => id.startsWith('finetune-'));
      const states = readStoreState(resultsFolder, finetuned);
      return finetuned.find((id) => states.get(id) === 'done') ?? null;
    },
  };
}

/** A smoke test takes seconds, so it is what a newcomer should meet first. */
const orderOf = ({ file }: SpecAtHand): number => (file.includes('smoke') ? 0 : 1);

function specsIn(folder: string): readonly SpecAtHand[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => isSpecFile(name));
  return names.sort().flatMap((name) => {
    const file = join(folder, name);
    const text = statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
    return /^(formatVersion|extends):/m.test(text)
      ? [{ file, question: questionOf(text), hasClaim: /^[^#\n]*\bclaim:/m.test(text) }]
      : [];
  });
}

/** On its line, or as a block below it. */
function questionOf(text: string): string | null {
  const [, block, line] = /^question: *(?:[>|][+-]?\n((?: +.*\n)+)|(.+))/m.exec(text) ?? [];
  const question = block === undefined ? line?.replaceAll(/^["']|["']$/g, '') : block.trim().replaceAll(/\s+/g, ' ');
  return question ?? null;
}

function stagesIn(resultsFolder: string): readonly string[] {
  return newestFirst(stageIds(resultsFolder), (id) => stageFolder(resultsFolder, id));
}

function newestFirst(names: readonly string[], fileOf: (name: string) => string): readonly string[] {
  const timed = names.map((name) => ({
    name,
    time: statSync(fileOf(name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  return timed.sort((a, b) => b.time - a.time).map(({ name }) => name);
}
