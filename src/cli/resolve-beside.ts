/** Settling a conflict in a home that a daemon has: the daemon does it, beside its rounds. */
import { type NotSettled, resolveRoute, retryRoute, type SettleItem } from '../api/conflicts.ts';
import type { Choice } from '../app/conflicts.ts';
import { findRecord } from '../app/records.ts';
import type { RecordTarget, Settled } from '../app/settle.ts';
import { utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';
import type { DaemonClient } from '../daemon/client.ts';
import type { CommandContext } from './command.ts';
import { reading } from './session.ts';

/**
 * @param choice undefined for another try at what could not be written.
 * @returns undefined for what only a command that has the home can do.
 * @throws SatchelError as `resolveConflict`.
 */
export async function resolveBeside(
  context: CommandContext,
  daemon: DaemonClient,
  target: RecordTarget,
  choice: Choice | undefined,
): Promise<Settled<unknown> | undefined> {
  const { path } = await reading(context, (session) =>
    findRecord(session, target.collection, target.path),
  );
  if (choice === undefined) {
    const { failed } = await daemon.call(retryRoute, target);
    return { result: undefined, path, isCarriedOut: true, failed };
  }
  const asked = choiceFor(choice);
  if (asked === undefined) return undefined;
  const items = [{ ...target, choice: asked }];
  const [problem] = (await daemon.call(resolveRoute, { items })).failed;
  if (problem !== undefined) throw notSettled(problem, path);
  return { result: undefined, path, isCarriedOut: false, failed: [] };
}

/** The API carries texts: what is none is merged by a command that has the home. */
function choiceFor(choice: Choice): SettleItem['choice'] | undefined {
  switch (choice.kind) {
    case 'version':
      return { keep: 'version', version: choice.id };
    case 'merged': {
      const text = utf8Text(choice.bytes);
      return text === undefined ? undefined : { keep: 'merged', text };
    }
    case 'gone':
      return undefined;
    default:
      return { keep: choice.kind };
  }
}

function notSettled({ reason, error }: NotSettled, path: string): SatchelError {
  if (reason === 'failed') {
    return new SatchelError('attention', error, { hint: 'Nothing was changed.' });
  }
  return new SatchelError('usage', `"${path}" is not in conflict.`, {
    hint: 'Run "satchel conflicts" to see what is open, or "satchel restore" for an old version.',
  });
}
