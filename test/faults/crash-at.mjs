// @ts-check
/**
 * Loaded before a process of the harness (`node --import`), to kill it at a write: the functions of `node:fs` count the
 * writes below a folder, and at the wanted one the process ends as by a power cut, before or after the write is done.
 * Nothing of this is in the program itself.
 *
 *     HARNESS_FAULT = {"root", "role": "conductor" | "worker" | "any", "at", "when": "before" | "after",
 *                      "kill": "self" | "group", "marker", "tally"}
 *
 * `at` 0 kills nobody. `marker`: a file outside of `root` that the one process makes which is killed. `tally`: a folder
 * that gets the number of writes of every process.
 */
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

const fault = JSON.parse(process.env['HARNESS_FAULT'] ?? 'null');
const program = process.argv[1] ?? '';
const roles = { 'worker-entry': 'worker', 'bin.mjs': 'conductor', 'conductor-main': 'conductor' };
const role = Object.entries(roles).find(([name]) => program.includes(name))?.[1] ?? 'other';

// Signs of life come from a thread of their own, at times of their own.
if (fault !== null && role !== 'other' && isMainThread) watchWrites();

function watchWrites() {
  const { writeFileSync, openSync, closeSync, appendFileSync } = fs;
  /** @type {Set<unknown>} */
  const watched = new Set();
  let writes = 0;
  if (role === 'conductor') process.env['HARNESS_FAULT_GROUP'] ??= String(process.pid);
  if (fault.tally !== undefined) process.on('exit', () => appendFileSync(path.join(fault.tally, role), `${writes}\n`));

  /** @param {unknown} target */
  const isInside = (target) => watched.has(target) || (typeof target === 'string' && target.startsWith(fault.root));
  /** @param {'before' | 'after'} moment */
  const strike = (moment) => {
    if (writes !== fault.at || moment !== fault.when || (fault.role !== 'any' && fault.role !== role)) return;
    try {
      writeFileSync(fault.marker, `${role} ${process.pid} write ${writes}\n`, { flag: 'wx' });
    } catch {
      return; // another process was killed already
    }
    const group = Number(process.env['HARNESS_FAULT_GROUP']);
    process.kill(fault.kill === 'group' ? -group : process.pid, 'SIGKILL');
    for (;;);
  };
  /** @param {any} home @param {string} name @param {(args: any[]) => boolean} [isWrite] */
  const wrap = (home, name, isWrite = () => true) => {
    const original = home[name];
    home[name] = function counted(/** @type {any[]} */ ...args) {
      if (!args.slice(0, 2).some(isInside) || !isWrite(args)) return original.apply(this, args);
      writes += 1;
      strike('before');
      const answer = original.apply(this, args);
      if (answer instanceof Promise) return answer.then((value) => (strike('after'), value));
      strike('after');
      return answer;
    };
  };

  const opensForWriting = (/** @type {any[]} */ [, flags = 'r']) => flags !== 'r';
  fs.openSync = /** @type {any} */ (
    (/** @type {any[]} */ ...args) => {
      const descriptor = openSync(.../** @type {[any, any]} */ (args));
      if (isInside(args[0]) && opensForWriting(args)) watched.add(descriptor);
      return descriptor;
    }
  );
  fs.closeSync = (descriptor) => {
    watched.delete(descriptor);
    closeSync(descriptor);
  };
  const opens = fsPromises.open;
  fsPromises.open = /** @type {any} */ (
    async (/** @type {any[]} */ ...args) => {
      const handle = await opens(.../** @type {[any, any]} */ (args));
      if (!isInside(args[0]) || !opensForWriting(args)) return handle;
      for (const name of ['write', 'writeFile', 'appendFile', 'sync', 'truncate']) {
        const original = /** @type {any} */ (handle)[name].bind(handle);
        /** @type {any} */ (handle)[name] = async (/** @type {any[]} */ ...values) => {
          writes += 1;
          strike('before');
          const answer = await original(...values);
          strike('after');
          return answer;
        };
      }
      return handle;
    }
  );
  const names = ['writeFileSync', 'appendFileSync', 'renameSync', 'rmSync', 'rmdirSync', 'mkdirSync', 'copyFileSync'];
  for (const name of [...names, 'writeSync', 'fsyncSync', 'ftruncateSync', 'cpSync', 'linkSync']) wrap(fs, name);
  for (const name of ['writeFile', 'appendFile', 'rename', 'rm', 'mkdir', 'copyFile']) wrap(fsPromises, name);
  syncBuiltinESMExports();
}
