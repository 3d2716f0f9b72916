// @ts-check
/**
 * A backend: another program that carries out `corpus` stages of functions from a JSON file. The program stands below
 * in the same file; it could be written in any language, since all that it needs lies in the stage's folder.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const thisFile = fileURLToPath(import.meta.url);

/** @type {import('harness').Backend} */
const apart = {
  name: 'apart',
  numerics: null,
  serves: (stage) => stage === 'corpus',
  command: ({ folder }) => [process.execPath, thisFile, folder],
};

/** @type {import('harness').Plugin} */
export default { backends: [apart] };

/** @param {string} folder */
function carryOut(folder) {
  const task = JSON.parse(readFileSync(path.join(folder, 'task.json'), 'utf8'));
  /** @param {object} event */
  const journal = (event) => appendFileSync(path.join(folder, 'journal.jsonl'), `${JSON.stringify(event)}\n`);
  journal({ kind: 'attempt', attempt: task.attempt, startedAt: new Date().toISOString(), resumedFromStep: null });
  const rows = JSON.parse(readFileSync(task.stage.locations.corpus.path, 'utf8'));
  const functions = rows.map((/** @type {object} */ row, /** @type {number} */ index) => ({
    id: `json:${index}`,
    package: 'json',
    file: 'functions.json',
    line: index + 1,
    language: 'javascript',
    description: null,
    ...row,
  }));
  /** @param {readonly object[]} lines */
  const jsonLines = (lines) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const outputs = {
    'functions.jsonl': jsonLines(functions.filter((/** @type {object} */ _, /** @type {number} */ i) => i % 8 !== 0)),
    'held-out.jsonl': jsonLines(functions.filter((/** @type {object} */ _, /** @type {number} */ i) => i % 8 === 0)),
    'sources.json': '[{ "file": "functions.json" }]\n',
  };
  for (const [name, text] of Object.entries(outputs)) writeFileSync(path.join(folder, name), text);
  journal({ kind: 'note', text: `${rows.length} functions by the backend apart` });
  journal({ kind: 'metric', step: null, name: 'corpus/functions', value: functions.length });
  const outcome = { kind: 'completed' };
  journal({ kind: 'outcome', endedAt: new Date().toISOString(), outcome });
  const records = Object.entries(outputs).map(([file, text]) => ({
    file,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  }));
  // The commit: written beside and renamed, so that a half-written one is never seen.
  writeFileSync(path.join(folder, 'done.json.tmp'), JSON.stringify({ id: task.stage.id, outcome, outputs: records }));
  renameSync(path.join(folder, 'done.json.tmp'), path.join(folder, 'done.json'));
}

const [, program = '', folder] = process.argv;
if (folder !== undefined && program.endsWith('backend.mjs') && realpathSync(program) === realpathSync(thisFile))
  carryOut(folder);
