// One program with a time limit of its own: what it printed as JSON, what it took, and in its own words why it failed.
import { spawn } from 'node:child_process';
import { watchMemory } from './memory.mjs';

/**
 * `command` is {file, args, env}. Ends in `done`, `failed`, `out of time` or `interrupted`; never throws.
 * result: the JSON document on stdout, null where there is none.
 */
export async function runPart(command, { limitSeconds, env, cwd, signal }) {
  const started = performance.now();
  // A group of its own, so that whatever the program started ends with it.
  const child = spawn(command.file, command.args, { cwd, env: { ...env, ...command.env }, detached: true });
  const memory = watchMemory(child.pid);
  let isOutOfTime = false;
  const end = () => endGroup(child.pid);
  const timer = setTimeout(() => {
    isOutOfTime = true;
    end();
  }, limitSeconds * 1000);
  signal?.addEventListener('abort', end);
  const [stdout, stderr, ended] = await Promise.all([textOf(child.stdout), textOf(child.stderr), endOf(child)]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  const result = documentIn(stdout);
  const isInterrupted = signal?.aborted === true;
  const isDone = ended.code === 0 && !isOutOfTime && !isInterrupted;
  return {
    status: isInterrupted ? 'interrupted' : isOutOfTime ? 'out of time' : isDone ? 'done' : 'failed',
    seconds: Math.round((performance.now() - started) / 100) / 10,
    ...(isDone || isInterrupted
      ? {}
      : { reason: isOutOfTime ? `more than ${Math.round(limitSeconds)} s` : reasonOf(ended, stderr) }),
    exitCode: ended.code,
    ...memory.stop(),
    result,
  };
}

function endGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function textOf(stream) {
  if (stream === null) return '';
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => (text += chunk));
  return await new Promise((resolve) => stream.on('close', () => resolve(text)));
}

function endOf(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, error }));
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Libraries print to stdout too: the document is the last that begins a line with "{". */
function documentIn(stdout) {
  for (let at = stdout.startsWith('{') ? 0 : stdout.indexOf('\n{'); at !== -1; at = stdout.indexOf('\n{', at + 1))
    try {
      return JSON.parse(stdout.slice(at));
    } catch {
      // Not yet, or never.
    }
  return null;
}

/** The program's own words: a complaint of the harness with its hint, else an error's message, else the last line. */
function reasonOf({ code, signal, error }, stderr) {
  if (error) return error.message;
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.findLastIndex((line) => line.startsWith('harness:'));
  const thrown = lines.find((line) => /^\w*Error( \[\w+\])?: /.test(line)) ?? lines.at(-1) ?? '';
  const told = lines.slice(complaint).map((line) => line.trim());
  const words = complaint === -1 ? thrown : told.join(' ');
  const how = signal ? `ended by ${signal}` : `exit code ${code}`;
  return words === '' ? how : `${how}: ${words.slice(0, 1000)}`;
}
