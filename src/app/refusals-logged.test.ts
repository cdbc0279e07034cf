/** The log of a home that the bucket refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { StoreError } from '../store/store.ts';
import { listEvents } from './log.ts';
import type { Session } from './session.ts';
import { runSync } from './sync.ts';

/** The session of a device whose key to the bucket was taken away. */
function refused(session: Session, reason: string): Session {
  const fail = (): never => {
    throw new StoreError('refused', reason, 'never');
  };
  const store = { ...session.engine.store, get: fail, put: fail, list: fail, delete: fail };
  return { ...session, engine: { ...session.engine, store } };
}

test('a refusal is an event when it begins, or changes, and not in every round', async () => {
  const { work } = await openVaultHome();
  await work(async (session) => {
    const events = (): string[] =>
      listEvents(session, 0, 100).flatMap(({ kind, message }) =>
        kind === 'refused' ? [message] : [],
      );
    for (const reason of ['the key expired', 'the key expired', 'the key may not list']) {
      await assert.rejects(runSync(refused(session, reason), undefined), /the key/);
    }
    assert.deepEqual(events(), ['The key expired.', 'The key may not list.']);
    await runSync(session, undefined);
    await assert.rejects(runSync(refused(session, 'the key expired'), undefined), /the key/);
    assert.equal(events().length, 3);
  });
});
