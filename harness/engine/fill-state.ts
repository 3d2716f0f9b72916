/** Values of one state from where they are, without a second copy of it in memory where the session allows that. */
import type { StateEntry } from '../graph/index.ts';
import { sizeOfShape, staticShape } from './bind-feeds.ts';
import type { FillState, Session } from './executor.ts';

export async function fillState(session: Session, entry: StateEntry, fill: FillState): Promise<void> {
  if (session.fillState !== undefined) return session.fillState(entry.name, fill);
  const values = new Float32Array(sizeOfShape(staticShape(entry)));
  await fill(values);
  session.setState({ [entry.name]: values });
}
