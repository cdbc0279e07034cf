/** A round that fails, on a device that has heard of a move. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openVaultHome } from '../../test/support/vault-home.ts';
import { setMeta } from '../replica/meta.ts';
import { StoreError } from '../store/store.ts';
import type { Session } from './session.ts';
import { runSync } from './sync.ts';

function without(session: Session, request: 'put' | 'list'): Session {
  const fail = async (): Promise<never> => {
    throw new StoreError('unreachable', 'no network', 'never');
  };
  const { store } = session.engine;
  return { ...session, engine: { ...session.engine, store: { ...store, [request]: fail } } };
}

test('a move is followed where the bucket is gone, unless the bucket has just withdrawn it', async () => {
  const { work, folder, clock } = await openVaultHome();
  writeFileSync(join(folder, 'note.md'), 'saved');
  await work(async (session) => {
    const moved = { to: 's3://elsewhere', time: clock.now(), device: 'd'.repeat(16) };
    setMeta(session.engine.db, 'follow', JSON.stringify(moved));
    // Not encrypted, so that a person is asked; that is enough to see where it would have gone.
    await assert.rejects(runSync(without(session, 'list'), undefined), /moved to s3:\/\/elsewhere/);
    await assert.rejects(runSync(without(session, 'put'), undefined), /no network/);
  });
});
