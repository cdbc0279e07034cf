/** Looking at one record as it is now. */
import { type FoundRecord, findRecord } from '../app/records.ts';
import type { Session } from '../app/session.ts';
import { lookAtRecord, type RecordTarget } from '../app/settle.ts';
import { daemonOf } from './beside-daemon.ts';
import type { CommandContext } from './command.ts';
import { appContext, reading } from './session.ts';

/**
 * An edit that Satchel has not heard of is taken in before; a daemon that has the home has done so.
 * @throws SatchelError as `findRecord` and `look`.
 */
export async function looking<T>(
  context: CommandContext,
  command: string,
  target: RecordTarget,
  look: (session: Session, found: FoundRecord) => Promise<T>,
): Promise<T> {
  const app = appContext(context);
  if ((await daemonOf(app)) === undefined) return await lookAtRecord(app, command, target, look);
  return await reading(context, (session) =>
    look(session, findRecord(session, target.collection, target.path)),
  );
}
