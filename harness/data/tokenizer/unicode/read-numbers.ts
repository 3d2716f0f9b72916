/** The numbers of a table in `tables.ts`: base 32, lowest digit first; a digit above 31 says that more follow. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const valueOf: ReadonlyMap<string, number> = new Map([...digits].map((digit, value) => [digit, value]));

export function readNumbers(table: string): readonly number[] {
  const numbers: number[] = [];
  let number = 0;
  let unit = 1;
  for (const digit of table) {
    const value = valueOf.get(digit);
    if (value === undefined) continue; // the ends of lines
    number += (value % 32) * unit;
    unit *= 32;
    if (value >= 32) continue;
    numbers.push(number);
    number = 0;
    unit = 1;
  }
  return numbers;
}
