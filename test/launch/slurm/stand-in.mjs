#!/usr/bin/env node
// Stands in for Slurm's commands, under each of their names: jobs are processes, and the queue is a folder of JSON
// files. $STAND_IN/trouble.json says what goes wrong: {"sbatch": [{"exit", "say", "runs"}, ...]}, one use each.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env.STAND_IN;
const name = path.basename(process.argv[1]);
const args = process.argv.slice(2);
appendFileSync(path.join(folder, 'calls.log'), `${name} ${args.join(' ')}\n`);
const trouble = takeTrouble();
if (trouble === null || trouble.runs) ({ sbatch, squeue, scancel, scontrol })[name]?.();
if (trouble !== null) {
  (trouble.exit === 0 ? process.stdout : process.stderr).write(`${trouble.say}\n`);
  process.exitCode = trouble.exit;
}

function takeTrouble() {
  const file = path.join(folder, 'trouble.json');
  if (!existsSync(file)) return null;
  const all = JSON.parse(readFileSync(file, 'utf8'));
  if (!all[name]?.length) return null;
  const first = all[name].shift();
  writeFileSync(file, JSON.stringify(all));
  return first;
}

function sbatch() {
  if (args.includes('--version')) return console.log('slurm stand-in');
  const script = args.at(-1);
  const text = readFileSync(script, 'utf8');
  const jobName = /--job-name=(\S+)/.exec(text)[1];
  const last = Number(/--array=0-(\d+)/.exec(text)[1]);
  const id = 100 + jobs().length;
  const output = args.find((word) => word.startsWith('--output=')).slice('--output='.length);
  for (let number = 0; number <= last; number += 1) {
    const log = openSync(output.replace('%a', number).replaceAll('%%', '%'), 'a');
    const child = spawn('bash', [script], {
      env: { ...process.env, SLURM_ARRAY_TASK_ID: String(number), SLURM_JOB_ID: String(id) },
      stdio: ['ignore', log, log],
      detached: true,
    });
    child.unref();
    writeFileSync(
      path.join(folder, `job-${id}_${number}.json`),
      JSON.stringify({ jobName, number, id, pid: child.pid }),
    );
  }
  if (trouble === null) console.log(id);
}

function squeue() {
  const names =
    args
      .find((word) => word.startsWith('--name='))
      ?.slice(7)
      .split(',') ?? [];
  for (const { jobName, number, id, pid, state } of jobs())
    if (names.includes(jobName))
      console.log(`${id}|${number}|${jobName}|${state ?? (isAlive(pid) ? 'RUNNING' : 'COMPLETED')}|here|None`);
}

function scancel() {
  const ids = new Set(args.filter((word) => /^\d/.test(word)));
  const signal = args.find((word) => word.startsWith('--signal='))?.slice(9);
  for (const job of jobs()) {
    if (!ids.has(`${job.id}_${job.number}`) && !ids.has(String(job.id))) continue;
    if (isAlive(job.pid)) process.kill(job.pid, signal === undefined ? 'SIGKILL' : `SIG${signal}`);
    if (signal === undefined)
      writeFileSync(
        path.join(folder, `job-${job.id}_${job.number}.json`),
        JSON.stringify({ ...job, state: 'CANCELLED' }),
      );
  }
}

function scontrol() {
  console.log('MaxArraySize            = 3');
}

function jobs() {
  const files = readdirSync(folder).filter((file) => file.startsWith('job-'));
  return files.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
