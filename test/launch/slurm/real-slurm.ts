/**
 * A real Slurm on this machine: munge, slurmctld and four slurmd (n1..n4), without accounting and control groups.
 * Debian: apt-get install --no-install-recommends slurm-wlm slurm-wlm-basic-plugins munge
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const nodes = ['n1', 'n2', 'n3', 'n4'] as const;
export type Node = (typeof nodes)[number];
const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol', 'sinfo'];

/** Why there can be no cluster here; null where there can. */
export function whyNoSlurm(): string | null {
  if (process.env['HARNESS_SLOW_TESTS'] !== '1') return 'HARNESS_SLOW_TESTS=1 is not set';
  const missing = programs.filter((name) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${name}`]).status);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return process.getuid?.() === 0 ? null : 'its daemons are started as root';
}

export class RealSlurm {
  readonly root = mkdtempSync(path.join(tmpdir(), 'harness-slurm-'));
  readonly #configuration = path.join(this.root, 'slurm.conf');

  /** Programs of this process then speak to it. */
  async start(): Promise<void> {
    for (const name of ['state', 'spool', 'log', 'run']) mkdirSync(path.join(this.root, name));
    execFileSync('chmod', ['755', this.root, path.join(this.root, 'run')]);
    const port = 20_000 + 10 * (process.pid % 1_000);
    const template = readFileSync(path.join(import.meta.dirname, 'slurm.conf.in'), 'utf8');
    const text = template
      .replaceAll('@ROOT@', this.root)
      .replaceAll(/@PORT(\d)@/g, (_, number: string) => String(port + Number(number)));
    writeFileSync(this.#configuration, text);
    process.env['SLURM_CONF'] = this.#configuration;
    process.env['PATH'] = `${process.env['PATH']}:/usr/sbin`;
    this.#startMunge();
    this.startController();
    for (const node of nodes) this.startNode(node);
    await until(() => idleNodes() === nodes.length, 'all nodes are idle');
  }

  startController(): void {
    execFileSync('slurmctld', ['-f', this.#configuration]);
  }

  startNode(node: Node): void {
    execFileSync('slurmd', ['-f', this.#configuration, '-N', node]);
  }

  killController(): void {
    this.#kill('slurmctld');
  }

  /** As a machine that loses its power: the daemon, and all that its jobs are. */
  killNode(node: Node): void {
    const stages = pidsOf((environment) => environment.includes(`SLURMD_NODENAME=${node}\0`));
    this.#kill(`slurmd.${node}`);
    for (const pid of [...stepsOf(node), ...stages]) killIfThere(pid);
  }

  stop(): void {
    spawnSync('scancel', ['--user=root', '--signal=KILL', '--full'], { timeout: 5_000 });
    for (const name of ['slurmctld', ...nodes.map((node) => `slurmd.${node}`), 'munged']) this.#kill(name);
    for (const pid of pidsOf((environment) => environment.includes(`SLURM_CONF=${this.#configuration}\0`)))
      if (pid !== process.pid) killIfThere(pid);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #startMunge(): void {
    const key = path.join(this.root, 'munge.key');
    writeFileSync(key, randomBytes(1024), { mode: 0o400 });
    const file = (name: string): string => path.join(this.root, 'run', name);
    execFileSync('munged', [
      '--force',
      `--key-file=${key}`,
      `--socket=${file('munge.socket')}`,
      `--pid-file=${file('munged.pid')}`,
      `--log-file=${path.join(this.root, 'log', 'munged.log')}`,
      `--seed-file=${file('munged.seed')}`,
    ]);
  }

  #kill(name: string): void {
    const file = path.join(this.root, 'run', `${name}.pid`);
    if (existsSync(file)) killIfThere(Number(readFileSync(file, 'utf8')));
    rmSync(file, { force: true });
  }
}

/** What squeue says of jobs that have not ended. */
export const queued = (format: string): readonly string[] =>
  execFileSync('squeue', ['--noheader', '--array', `--format=${format}`], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export async function until(isSo: () => boolean, what: string, withinMs = 90_000): Promise<void> {
  const startedMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedMs > withinMs) throw new Error(`waited in vain until ${what}`);
    await sleep(200);
  }
}

function idleNodes(): number {
  const { stdout } = spawnSync('sinfo', ['-h', '-p', 'debug', '-t', 'idle', '-o', '%D'], { encoding: 'utf8' });
  return Number(stdout.trim().split('\n')[0] ?? 0);
}

/** Processes whose environment says so. */
function pidsOf(isSo: (environment: string) => boolean): readonly number[] {
  return processes().filter((pid) => isSo(textOf(`/proc/${pid}/environ`)));
}

/** slurmstepd names its job, and has the configuration of its node's daemon: its children tell the node. */
function stepsOf(node: Node): readonly number[] {
  const children = pidsOf((environment) => environment.includes(`SLURMD_NODENAME=${node}\0`));
  const parents = children.map((pid) => Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0));
  return parents.filter((pid) => textOf(`/proc/${pid}/cmdline`).startsWith('slurmstepd'));
}

const processes = (): readonly number[] =>
  spawnSync('ls', ['/proc'], { encoding: 'utf8' }).stdout.split('\n').map(Number).filter(Boolean);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
