/** Values of one state from where they are, without a second copy of it in memory where the session allows that. */
import { partsOf, type StateEntry } from '../graph/index.ts';
import type { FillState, Session } from './executor.ts';

export async function fillState(session: Session, entry: StateEntry, fill: FillState): Promise<void> {
  for (const { name, size } of partsOf(entry)) {
    if (session.fillState !== undefined) {
      await session.fillState(name, fill);
      continue;
    }
    const values = new Float32Array(size);
    await fill(values);
    session.setState({ [name]: values });
  }
}
