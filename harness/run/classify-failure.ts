/**
 * What kind of failure is this: the input's (`user`), the machine's (`infrastructure`, safe to retry) or ours (`bug`)?
 */
import { UserError } from '../spec/user-error.ts';
import { type StageResult, errorCode } from '../store/index.ts';

const diskCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
const machineCodes: ReadonlySet<string> = new Set([
  ...diskCodes,
  'ENOMEM',
  'EMFILE',
  'ENFILE',
  'EAGAIN',
  'ERR_MEMORY_ALLOCATION_FAILED',
]);
/** Native code and the VM report exhausted memory without a code. */
const memoryWords = /bad_alloc|out of memory|array buffer allocation failed|failed to allocate memory/i;

/**
 * @param wasStopped The stage had been told to stop: whatever it threw after that (a child killed by the same Ctrl-C,
 * say) is an interruption.
 */
export function classifyFailure(
  error: unknown,
  wasStopped: boolean,
): Extract<StageResult, { kind: 'failed' | 'interrupted' }> {
  const causes = causesOf(error);
  const codes = causes.map(errorCode);
  const isDiskTrouble = codes.some((code) => code !== null && diskCodes.has(code));
  if (wasStopped && !isDiskTrouble) return { kind: 'interrupted' };
  const userError = causes.find((cause) => cause instanceof UserError);
  const isMachine =
    codes.some((code) => code !== null && machineCodes.has(code)) ||
    userError?.exitCode === 4 ||
    causes.some((cause) => memoryWords.test(messageOf(cause)));
  const errorClass = isMachine ? 'infrastructure' : userError === undefined ? 'bug' : 'user';
  const detail =
    errorClass === 'bug' && error instanceof Error
      ? (error.stack ?? null)
      : causes.slice(1).map(messageOf).join('; ') || null;
  return {
    kind: 'failed',
    outcome: { kind: 'failed', errorClass, message: messageOf(error), detail },
    hint: userError?.hint ?? null,
    isDiskTrouble,
  };
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (
    let cause = error;
    cause !== undefined && cause !== null && chain.length < 8;
    cause = cause instanceof Error ? cause.cause : undefined
  )
    chain.push(cause);
  return chain;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
