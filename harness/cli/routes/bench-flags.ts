/** Flags of `harness bench` that take a list, separated by commas. */
import { didYouMean, UserError } from '../../spec/index.ts';
import { countParser } from './flags.ts';

/** As the bench room has them, which loads engines: a test holds the two equal. */
export const setUpNames = ['eager', 'sdpa', 'packed', 'sorted', 'compile', 'trl'] as const;

export const setUpsText =
  'Set-ups of the peer: eager (padded rows, attention by hand), sdpa (the same with scaled_dot_product_attention), ' +
  'packed (rows of a micro-batch in one sequence without padding), sorted (rows of similar length in micro-batches, ' +
  'logits only at labels, fused AdamW; packed has these two as well), compile (torch.compile of the fastest of the ' +
  'others that are named), trl (RewardTrainer of TRL, which has no LM term). All but eager need torch 2.4.';

export const setUpsFlag = (byDefault: string) =>
  ({
    kind: 'parsed',
    parse: namesOf(setUpNames, 'set-up'),
    default: byDefault,
    brief: 'Set-ups of the peer, separated by commas',
    placeholder: 'names',
  }) as const;

export const sizeNames = ['0.3m', '5m', '30m', '125m'] as const;

export const sizesFlag = {
  kind: 'parsed',
  parse: namesOf(sizeNames, 'size'),
  default: sizeNames.join(','),
  brief: 'Parameters of the fixed models, separated by commas',
  placeholder: 'sizes',
} as const;

export const contextsFlag = {
  kind: 'parsed',
  parse: (value: string): readonly number[] => [...new Set(value.split(',').map(countParser))],
  default: '256,1024,2048',
  brief: 'Tokens of a row, separated by commas',
  placeholder: 'tokens',
} as const;

/**
 * A parser of names that are all known.
 *
 * @param what What a name names: `set-up`.
 */
export function namesOf<Name extends string>(known: readonly Name[], what: string) {
  return (value: string): readonly Name[] =>
    [...new Set(value.split(','))].map((name) => {
      const found = known.find((one) => one === name.trim());
      if (found !== undefined) return found;
      const guess = didYouMean(name, known) ?? `there are ${known.join(', ')}`;
      throw new UserError(`there is no ${what} ${JSON.stringify(name)}; ${guess}`, { exitCode: 2 });
    });
}
