/** The log of a home that the bucket refuses. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { StoreError } from '../store/store.ts';
import { addCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { listEvents } from './log.ts';
import { type Session, withSession } from './session.ts';
import { initRepository } from './setup.ts';
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
  const root = temporaryFolder('refused');
  const app: AppContext = {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 1)),
    random: createSeededRandom(3),
    progress: () => undefined,
    notice: () => undefined,
  };
  mkdirSync(join(root, 'Notes'));
  await initRepository(app, { bucket: join(root, 'bucket'), deviceName: 'a' }, undefined);
  await withSession(app, 'test', async (session) => {
    await addCollection(session, 'vault', join(root, 'Notes'), undefined);
  });
  await withSession(app, 'test', async (session) => {
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
