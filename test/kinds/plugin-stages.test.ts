/** A stage of a plug-in, run by its folder alone. */
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runStageFolder } from '../../harness/run/index.ts';
import { stageLibrary } from '../../harness/run/stage-library.ts';
import { PluginFolder, refusalOf } from './plugin-folder.ts';

let folder: PluginFolder;
beforeEach(() => {
  folder = new PluginFolder();
});
afterEach(() => folder.remove());

const stageText = (kind: string): string => `
import { writeFileSync } from 'node:fs';
export default { stages: [{ kind: '${kind}', version: 1, toleratesDiverged: false, fixedSeconds: 1, work: async () => ({}),
  run: async ({ stage, folder, emit }) => {
    writeFileSync(folder + '/words.txt', stage.config.words.join(' '));
    emit({ kind: 'metric', step: null, name: 'words/count', value: stage.config.words.length });
    return { outcome: { kind: 'completed' }, outputs: ['words.txt'] };
  } }] };`;

it('is carried out, committed and recorded like one of ours', async () => {
  const file = folder.write('words.mjs', stageText('words'));
  const [{ digest } = { digest: '' }] = await folder.load('words.mjs');
  const place = path.join(folder.path, 'words-0');
  mkdirSync(place);
  const stage = { id: 'words-0', kind: 'words', fingerprint: '0', config: { words: ['a', 'b'] }, inputs: {} };
  const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 30 };
  const task = { taskVersion: 1, stage, inputFolders: {}, execution, cacheFolder: place, attempt: 1, provenance: {} };
  writeFileSync(path.join(place, 'task.json'), JSON.stringify({ ...task, plugins: [{ file, digest }] }));
  const { result } = await runStageFolder(place, { signal: new AbortController().signal, onEvent: () => {} });
  expect(result).toEqual({ kind: 'committed', outcome: { kind: 'completed' } });
  expect(readFileSync(path.join(place, 'words.txt'), 'utf8')).toBe('a b');
  expect(readFileSync(path.join(place, 'journal.jsonl'), 'utf8')).toContain('"words/count","value":2');
});

it('cannot take the name of one of ours', async () => {
  folder.write('words.mjs', stageText('evaluate'));
  const refusal = await refusalOf(stageLibrary().load('evaluate', await folder.load('words.mjs')));
  expect(refusal.message).toMatch(/words\.mjs: the name evaluate is taken$/);
});
