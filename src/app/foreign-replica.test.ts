import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createManualClock, createSeededRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { listCollections } from './collection-list.ts';
import { addCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { openForReading, withSession } from './session.ts';
import { initRepository, joinRepository } from './setup.ts';
import { runSync } from './sync.ts';

async function namesIn(app: AppContext): Promise<string[]> {
  const session = await openForReading(app);
  try {
    return listCollections(session).map(({ name }) => name);
  } finally {
    await session.close();
  }
}

test('F1: a home that lost its settings brings nothing of one repository into another', async () => {
  const root = temporaryFolder('foreign');
  const notices: string[] = [];
  const app: AppContext = {
    home: join(root, 'home'),
    clock: createManualClock(Date.UTC(2027, 0, 1)),
    random: createSeededRandom(4),
    progress: () => undefined,
    notice: (text) => void notices.push(text),
  };
  const [first, second] = [join(root, 'first'), join(root, 'second')];
  mkdirSync(join(root, 'Private'));
  writeFileSync(join(root, 'Private', 'diary.md'), 'not for the other bucket');
  await initRepository(app, { bucket: first, deviceName: 'a' }, undefined);
  await withSession(app, 'test', async (session) => {
    await addCollection(session, 'vault', join(root, 'Private'), undefined);
    await runSync(session, undefined);
  });
  const forget = () => rmSync(join(app.home, 'settings.json'));

  forget();
  await joinRepository(app, { bucket: first, deviceName: 'a' }, async () => '');
  assert.deepEqual(notices, [], 'the replica of the same repository is gone on with');
  assert.deepEqual(await namesIn(app), ['Private']);

  forget();
  await initRepository(app, { bucket: second, deviceName: 'a' }, undefined);
  assert.deepEqual(await namesIn(app), []);
  assert.match(notices.join(), /replica of another repository/);
  assert.equal(readdirSync(app.home).filter((name) => /other-repository/.test(name)).length, 1);
});
