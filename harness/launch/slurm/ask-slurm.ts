/** Slurm's commands, and what an answer means: it may be that nobody is there to answer just now. */
import { execa } from 'execa';
import { UserError } from '../../spec/user-error.ts';

export type Answer =
  | { readonly kind: 'answered'; readonly text: string }
  /** The controller does not answer, or takes no more jobs for the moment: to be asked again. */
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const answerWithinMs = 60_000;

const later = [
  /unable to contact slurm controller|can'?t contact|socket timed out|timed? ?out|connection (refused|reset|closed)/i,
  /zero bytes were transmitted|backup controller|temporarily (unable|unavailable)|transport endpoint|try again/i,
  /failed to fetch config|could not establish a configuration source|communication|no route to host/i,
  /MaxSubmitJob|MaxJobCount|too many jobs/i,
];

/** Never rejects. */
export async function askSlurm(program: string, args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr, timedOut, shortMessage } = await execa(program, args, {
    reject: false,
    stdin: 'ignore',
    timeout: answerWithinMs,
  });
  if (exitCode === 0) return { kind: 'answered', text: [stdout, stderr].filter((part) => part !== '').join('\n') };
  const why = stderr.trim() || stdout.trim() || (shortMessage ?? `${program} failed`);
  return { kind: timedOut || later.some((words) => words.test(why)) ? 'unreachable' : 'refused', why };
}

/** @throws UserError (3) where Slurm's commands are not here. */
export async function requireSlurm(): Promise<void> {
  const { code } = await execa('sbatch', ['--version'], { reject: false, stdin: 'ignore', timeout: answerWithinMs });
  if (code !== 'ENOENT') return;
  throw new UserError('execution.launcher: slurm, and there is no sbatch on the PATH', {
    exitCode: 3,
    hint: "Start the sweep on a machine with Slurm's commands, such as the login node; or set launcher: local.",
  });
}
