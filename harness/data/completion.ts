/** What a model wrote for the prompt of a function. Types only. */
export interface Completion {
  /** Id of the function. */
  readonly id: string;
  /** Counted from 0 where a prompt is answered more than once. */
  readonly sample: number;
  readonly text: string;
  /** `end`: it ended by itself; `length`: it was cut off where its tokens ran out. */
  readonly finish: 'end' | 'length';
}
