/**
 * Versions are dated by the bucket's time where this computer's is far off; files on its disks are
 * not. What dates of files prove, and how old the trash is, goes by the clock that dated them.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { utf8 } from '../src/base/bytes.ts';
import { contentHash } from '../src/base/hash.ts';
import type { Clock } from '../src/base/ports.ts';
import { attachFolder } from '../src/kinds/files/marker.ts';
import { nodeDisk } from '../src/kinds/files/node-disk.ts';
import { dayOf } from '../src/kinds/files/trash.ts';
import { vaultKind } from '../src/kinds/vault/vault.ts';
import { allRecords } from '../src/replica/records.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { viewRecord } from '../src/sync/records.ts';
import { openDevice, TEST_COLLECTION, TEST_REPOSITORY, type TestDevice } from './support/device.ts';
import { createSeededRandom, systemClock } from './support/ports.ts';

const HOUR_MS = 60 * 60 * 1000;

interface DeviceOnDisk {
  readonly root: string;
  readonly device: TestDevice;
}

/** A device whose computer is so far behind the bucket. */
function deviceBehindBy(context: TestContext, offsetMs: number): Promise<DeviceOnDisk> {
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + offsetMs };
  return deviceWith(context, { clock, machineClock: systemClock });
}

async function deviceWith(
  context: TestContext,
  clocks: { readonly clock: Clock; readonly machineClock: Clock },
): Promise<DeviceOnDisk> {
  const root = mkdtempSync(join(tmpdir(), 'satchel-clock-'));
  context.after(() => rmSync(root, { recursive: true }));
  const owner = { repository: TEST_REPOSITORY, home: '/home/test' };
  const disk = nodeDisk();
  await attachFolder(disk, root, { collection: TEST_COLLECTION, ...owner });
  const device = await openDevice({
    store: createMemoryStore(),
    ...clocks,
    random: createSeededRandom(3),
    name: 'a',
    other: { kind: vaultKind(disk, owner), root },
    isFirst: true,
  });
  context.after(() => device.close());
  return { root, device };
}

suite('S6: a computer whose clock is wrong', () => {
  for (const offsetMs of [HOUR_MS, -48 * HOUR_MS]) {
    test(`saves two edits within one tick of the disk (${offsetMs / HOUR_MS} h off)`, async (context) => {
      const { root, device } = await deviceBehindBy(context, offsetMs);
      const path = join(root, 'note.md');
      // The same length, and the same modification time: only the content tells.
      const savedS = systemClock.now() / 1000;
      const save = (text: string): void => {
        writeFileSync(path, text);
        utimesSync(path, savedS, savedS);
      };
      save('first edit\n');
      await device.sync();
      save('other edit\n');
      await device.sync();
      const [row] = [...allRecords(device.engine.db, TEST_COLLECTION)];
      assert.ok(row);
      const view = viewRecord(device.engine, TEST_COLLECTION, row.record);
      assert.equal(view?.shows.length, 1);
      assert.equal(view.content?.hash, contentHash(utf8('other edit\n')));
    });
  }

  test('keeps its trash for thirty days of its own', async (context) => {
    const { root, device } = await deviceBehindBy(context, 40 * 24 * HOUR_MS);
    const trashed = join(root, '.satchel/trash', dayOf(systemClock.now()));
    await nodeDisk().makeFolder(join(root, '.satchel/trash'));
    await nodeDisk().makeFolder(trashed);
    await device.sync();
    assert.ok(existsSync(trashed));
  });

  for (const [what, heard] of [
    ['corrected by the bucket', true],
    ['not corrected yet', false],
  ] as const) {
    test(`empties no trash while it is years ahead and ${what}`, async (context) => {
      let aheadMs = 0;
      const machineClock = { ...systemClock, now: () => systemClock.now() + aheadMs };
      const clock = heard ? systemClock : machineClock;
      const { root, device } = await deviceWith(context, { clock, machineClock });
      const trashed = join(root, '.satchel/trash', dayOf(systemClock.now() - 24 * HOUR_MS));
      await nodeDisk().makeFolder(join(root, '.satchel/trash'));
      await nodeDisk().makeFolder(trashed);
      await device.sync();
      // Nobody can know better on the second day of a clock that nothing corrects.
      for (const days of heard ? [1_000, 1_001] : [1_000]) {
        aheadMs = days * 24 * HOUR_MS;
        await device.sync();
        assert.ok(existsSync(trashed));
      }
      aheadMs = 0;
      await device.sync();
      assert.ok(existsSync(trashed));
    });
  }
});
