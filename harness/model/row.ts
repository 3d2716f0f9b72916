/** Token ids of a prompt and its responses: what batches are made of. */
export interface Row {
  readonly prompt: Int32Array;
  readonly responses: readonly Int32Array[];
}
