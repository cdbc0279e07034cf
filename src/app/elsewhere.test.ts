/** Collections that are not here, read from the bucket: between real homes. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createManualClock, createSeededRandom, systemRandom } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { collectionIds } from '../replica/meta.ts';
import { allPeers } from '../replica/peers.ts';
import { listCollections } from './collection-list.ts';
import { addCollection, attachCollection, detachCollection } from './collections.ts';
import type { AppContext } from './context.ts';
import { Elsewhere } from './elsewhere.ts';
import { type Session, withSession } from './session.ts';
import { initRepository, joinRepository } from './setup.ts';
import { syncHome } from './sync-home.ts';
import { treeSource } from './tree-at.ts';
import { readNodes } from './tree-nodes.ts';

interface Device {
  readonly home: string;
  /** The folder of its collection. */
  readonly folder: string;
  work<T>(work: (session: Session) => Promise<T>): Promise<T>;
  sync(): Promise<void>;
}

const clock = createManualClock(Date.UTC(2027, 0, 1));

function contextFor(home: string): AppContext {
  return { home, clock, random: systemRandom, progress: () => undefined, notice: () => undefined };
}

async function addDevice(root: string, name: string, text: string): Promise<Device> {
  const home = join(root, name);
  const folder = join(root, `Of ${name}`);
  const bucket = join(root, 'bucket');
  mkdirSync(folder);
  writeFileSync(join(folder, `${name}.txt`), text);
  const options = { bucket, deviceName: name };
  const isFirst = statSync(bucket, { throwIfNoEntry: false }) === undefined;
  const password = async (): Promise<string> => 'a passphrase of a test';
  if (isFirst) await initRepository(contextFor(home), options, password);
  else await joinRepository(contextFor(home), options, password);
  const device: Device = {
    home,
    folder,
    work: (work) => withSession(contextFor(home), 'test', work),
    sync: async () => {
      clock.advance(60_000);
      await syncHome(contextFor(home), 'test', undefined);
    },
  };
  await device.work((session) => addCollection(session, 'vault', folder, name));
  await device.sync();
  return device;
}

function idOf(session: Session, name: string): string {
  const found = listCollections(session).find((one) => one.name === name);
  assert.ok(found !== undefined);
  return found.id;
}

/** The paths in a collection that was read, in order. */
async function pathsIn(session: Session, elsewhere: Elsewhere, name: string): Promise<string[]> {
  const collection = listCollections(session).find((one) => one.name === name);
  assert.ok(collection !== undefined);
  const inside = elsewhere.session(session, collection.id);
  assert.ok(inside !== undefined, `${name} was read`);
  const nodes = await readNodes(treeSource(inside, collection), undefined);
  return nodes.filter(({ isGone }) => !isGone).map(({ path }) => path);
}

suite('collections elsewhere', () => {
  test('a collection is read as all devices left it, this one included, and read on', async () => {
    const root = temporaryFolder('elsewhere');
    const a = await addDevice(root, 'a', 'of a');
    const b = await addDevice(root, 'b', 'of b');
    const joined = join(root, 'b at a');
    await a.sync();
    await a.work((session) => attachCollection(session, 'b', joined, undefined));
    await a.sync();
    writeFileSync(join(joined, 'by a.txt'), 'saved on the device that leaves');
    await a.sync();
    await a.work((session) => detachCollection(session, 'b'));
    await b.sync();
    writeFileSync(join(b.folder, 'later.txt'), 'later');
    await b.sync();
    const elsewhere = new Elsewhere();
    try {
      await a.work(async (session) => {
        await elsewhere.read(session, [idOf(session, 'b')]);
        const paths = await pathsIn(session, elsewhere, 'b');
        assert.deepEqual(paths, ['b.txt', 'by a.txt', 'later.txt']);
      });
      rmSync(join(b.folder, 'by a.txt'));
      await b.sync();
      await a.work(async (session) => {
        const before = session.meter.snapshot();
        await elsewhere.read(session, [idOf(session, 'b')]);
        assert.deepEqual(await pathsIn(session, elsewhere, 'b'), ['b.txt', 'later.txt']);
        const { put, delete: deleted } = session.meter.since(before);
        assert.deepEqual([put, deleted], [0, 0]);
      });
      // A second look without news: its own head, those of both devices, and the list.
      await a.work(async (session) => {
        const before = session.meter.snapshot();
        await elsewhere.read(session, [idOf(session, 'b')]);
        const { get, list } = session.meter.since(before);
        assert.deepEqual([get, list], [3, 1]);
      });
    } finally {
      elsewhere.close();
    }
  });

  test('the replica of the home knows nothing of what was only looked at', async () => {
    const root = temporaryFolder('elsewhere');
    const a = await addDevice(root, 'a', 'of a');
    const b = await addDevice(root, 'b', 'of b');
    await a.sync();
    const elsewhere = new Elsewhere();
    await a.work(async (session) => {
      const id = idOf(session, 'b');
      await elsewhere.read(session, [id]);
      assert.ok(!collectionIds(session.engine.db).includes(id));
      await assert.rejects(async () => {
        await elsewhere.session(session, id)?.engine.store.put('heads/x', new Uint8Array());
      });
    });
    elsewhere.close();
    const { mode } = statSync(join(a.home, 'elsewhere.sqlite'));
    assert.equal(mode & 0o077, 0, 'nobody else may read it');
    await a.sync();
    await b.sync();
    await b.work(async (session) => {
      const heads = allPeers(session.engine.db).map(({ head }) => head);
      assert.deepEqual(
        heads.map((head) => head?.collections[idOf(session, 'b')]),
        [undefined],
        'others meet one device, and hear of no look',
      );
    });
  });

  test('a cache that cannot be read, or of what is here by now, is made anew', async () => {
    const root = temporaryFolder('elsewhere');
    const a = await addDevice(root, 'a', 'of a');
    await addDevice(root, 'b', 'of b');
    await addDevice(root, 'c', 'of c');
    await a.sync();
    const elsewhere = new Elsewhere();
    const read = (names: readonly string[]) =>
      a.work(async (session) => {
        await elsewhere.read(
          session,
          names.map((name) => idOf(session, name)),
        );
      });
    await read(['b', 'c']);
    elsewhere.close();
    writeFileSync(join(a.home, 'elsewhere.sqlite'), createSeededRandom(1).bytes(8192));
    await read(['b', 'c']);
    await a.work(async (session) => {
      assert.deepEqual(await pathsIn(session, elsewhere, 'c'), ['c.txt']);
      await attachCollection(session, 'b', join(root, 'b at a'), undefined);
    });
    await a.work(async (session) => {
      assert.equal(elsewhere.lastReading(session, idOf(session, 'b')), undefined);
      assert.equal(elsewhere.session(session, idOf(session, 'c')), undefined);
    });
    elsewhere.close();
  });
});
