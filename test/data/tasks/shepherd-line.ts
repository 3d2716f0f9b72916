/** A row in the public format of Math-Shepherd. */

export function shepherdLine(
  question: string,
  steps: readonly (readonly [text: string, isRight: boolean])[],
  task = 'GSM8K',
): { readonly input: string; readonly label: string; readonly task: string } {
  const marked = (mark: (isRight: boolean) => string): string =>
    `${question} ${steps.map(([text, isRight]) => `${text} ${mark(isRight)}`).join('\n')}`;
  return { input: marked(() => 'ки'), label: marked((isRight) => (isRight ? '+' : '-')), task };
}
