/** Retiring in a random life: two adopters, lost devices, ones that come back, ones that are gone. */
import assert from 'node:assert/strict';
import { REGISTRY_ID } from '../../src/format/ids.ts';
import { isReady } from '../../src/replica/meta.ts';
import { peerOf } from '../../src/replica/peers.ts';
import { isAdoptionComplete, retireDevice } from '../../src/sync/adopt.ts';
import { selfId } from '../../src/sync/engine.ts';
import { retiredDevices } from '../../src/sync/retired.ts';
import type { TestDevice } from './device.ts';
import type { Dice } from './dice.ts';
import type { FaultyStore } from './faulty-store.ts';

const LOST_SHARE = 0.4;

/** Some device removes another, which goes on: it does not know yet, and comes back. */
export function retireSome(dice: Dice, devices: readonly TestDevice[]): void {
  const by = dice.pick(devices);
  const device = dice.pick(devices);
  const wasRead = peerOf(by.engine.db, selfId(device.engine))?.numbers !== undefined;
  if (device === by || !wasRead || !isReady(by.engine.db, REGISTRY_ID)) return;
  const mark = {
    device: selfId(device.engine),
    name: device.name,
    retired: by.engine.clock.now(),
    isLost: dice.chance(LOST_SHARE),
  };
  retireDevice(by.engine, mark);
}

/**
 * One device retires for good, is kept by one or two others, and everything that it ever wrote is
 * taken out of the bucket. Everyone has read it before.
 * @returns the devices that live on.
 */
export async function retireForGood(
  dice: Dice,
  devices: readonly TestDevice[],
  bucket: FaultyStore,
): Promise<readonly TestDevice[]> {
  const gone = dice.pick(devices);
  const living = devices.filter((device) => device !== gone);
  const id = selfId(gone.engine);
  const keepers = living.slice(0, 1 + dice.below(2));
  for (const { engine } of keepers) {
    const mark = { device: id, name: gone.name, retired: engine.clock.now(), isLost: false };
    retireDevice(engine, mark);
  }
  for (const keeper of [...keepers, ...keepers]) {
    await keeper.sync({ list: true, everyHead: true });
  }
  for (const { engine } of keepers) {
    assert.ok(retiredDevices(engine).has(id), `${engine.deviceName} has not marked ${gone.name}`);
    assert.ok(isAdoptionComplete(engine, id), `${engine.deviceName} does not keep ${gone.name}`);
  }
  for (const prefix of ['heads/', `segments/${id}/`, `archive/${id}/`]) {
    for (const { key } of (await bucket.list(prefix)).objects) {
      if (prefix !== 'heads/' || key === `heads/${id}`) await bucket.delete(key);
    }
  }
  return living;
}
