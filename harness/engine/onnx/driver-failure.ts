/**
 * What a driver says when it gives up in the middle of the work, as an error that a person can act on. Texts are those
 * of ONNX Runtime 1.30 with Dawn, taken from drivers that were made to fail, and of its CUDA provider as published.
 */
import { UserError } from '../../spec/user-error.ts';

interface KnownFailure {
  readonly text: RegExp;
  readonly meaning: string;
  readonly hint: string;
}

const known: readonly KnownFailure[] = [
  {
    text: /\[Device\] is lost|device (was |is )?lost|DEVICE_LOST|CUDA (failure|error) (46|214|700|719|999)\b/i,
    meaning: 'the driver lost the device',
    hint:
      'It was reset, hung or taken away ("nvidia-smi" and "dmesg" may say why). Run the same command again; if it ' +
      'happens again, use --device cpu.',
  },
  {
    // Dawn reports an allocation that failed on stderr, and lets what reads the buffer fail.
    text: /\[Invalid Buffer.*\] is invalid due to|OUT_OF_\w*MEMORY|out of memory|Failed to allocate memory/i,
    meaning: 'the device has no memory left',
    hint:
      'See what else uses it ("nvidia-smi"), lower pairsPerMicroBatch or pairsPerStep, take a smaller model, or use ' +
      '--device cpu.',
  },
  {
    text: /Failed to get a WebGPU adapter/,
    meaning: 'no driver offers an adapter',
    hint: '"harness doctor" says what is missing. Or use --device cpu.',
  },
];

/**
 * @param message What was being done, and the provider's words.
 * @returns null where the words are not those of a driver that gave up.
 */
export function driverFailure(device: string, message: string, cause: unknown): UserError | null {
  const found = known.find(({ text }) => text.test(message));
  if (found === undefined) return null;
  const { meaning, hint } = found;
  return new UserError(`device ${device}: ${meaning}: ${message}`, { exitCode: 3, hint, cause });
}
