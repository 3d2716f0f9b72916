/** Programs that an install needs: pip, npm, make, a compiler. What one says on failure is told, shortened. */
import { UserError } from '../../spec/user-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ToolCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Environment;
}

/** Its output (stdout), or why there is none. */
export type ToolAnswer = { readonly output: string } | { readonly lines: readonly string[] };

export async function callTool({ command, args, folder, env }: ToolCall): Promise<ToolAnswer> {
  // Loaded here: its hundred files would be loaded by every process that trains, and none of those installs.
  const { execa } = await import('execa');
  const result = await execa(command, [...args], {
    cwd: folder,
    env: env as Record<string, string>,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  if (!result.failed) return { output: result.stdout };
  const said = (result.all ?? '').trim();
  return { lines: tellingLines(said === '' ? (result.shortMessage ?? 'it could not be started') : said) };
}

/** @throws UserError (3): what failed, the lines that say why, and what to do. */
export async function runTool(call: ToolCall, what: string, hint: string): Promise<string> {
  const answer = await callTool(call);
  if ('output' in answer) return answer.output;
  throw new UserError(`${what}:\n${answer.lines.map((line) => `  ${line}`).join('\n')}`, { exitCode: 3, hint });
}

export interface NeededTool {
  readonly command: string;
  /** For people. */
  readonly what: string;
}

/** @throws UserError (3) that names the programs that are not here. */
export async function requireTools(
  programs: readonly NeededTool[],
  where: Pick<ToolCall, 'folder' | 'env'>,
): Promise<void> {
  const runs = await Promise.all(programs.map(({ command }) => doesRun(command, where)));
  const missing = programs.filter((_, index) => !runs[index]).map(({ command, what }) => `${what} (${command})`);
  if (missing.length === 0) return;
  throw new UserError(`to build tfjs there is no ${missing.join(', no ')}`, {
    exitCode: 3,
    hint: 'Install what is missing (Debian: apt-get install python3 make g++ npm), then run the same command again.',
  });
}

async function doesRun(command: string, where: Pick<ToolCall, 'folder' | 'env'>): Promise<boolean> {
  return 'output' in (await callTool({ command, args: ['--version'], ...where }));
}

/** Errors of compilers, pip, npm and node-gyp; where there are none, the end of what was said. */
function tellingLines(output: string): readonly string[] {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const errors = lines.filter((line) => /\berror\b[: ]|^ERROR|undefined reference|cannot find|not found/i.test(line));
  return (errors.length > 0 ? errors.slice(0, 6) : lines.slice(-6)).map((line) => line.slice(0, 300));
}
