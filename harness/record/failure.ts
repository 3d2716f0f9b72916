/** `failed.json`: why the last attempt of a stage failed. */
import { type JsonRecord, numberOf, recordOf, textOf } from '../store/index.ts';

export function failureOf(failed: JsonRecord): { message: string; errorClass: string | null; attempt: number | null } {
  const outcome = recordOf(failed, 'outcome') ?? failed;
  return {
    message: textOf(outcome, 'message') ?? 'no message recorded',
    errorClass: textOf(outcome, 'errorClass'),
    attempt: numberOf(failed, 'attempt'),
  };
}
