/** Who has a collection, and how much there is to read of it: by the heads of the devices. */
import type { SegmentEntry } from '../format/head.ts';
import { appliedUpTo } from '../replica/clocks.ts';
import { ownSegments } from '../replica/own.ts';
import { allPeers } from '../replica/peers.ts';
import { selfId } from '../sync/engine.ts';
import { retiredDevices } from '../sync/retired.ts';
import type { ListedCollection } from './collection-list.ts';
import type { Session } from './session.ts';

/**
 * Names of the devices that carry a collection, this one first. One that stopped carrying it, and
 * whose Satchel is too old to say so in its head (`left`), counts.
 */
export function carriersOf(
  { engine, settings }: Session,
  { id, folder }: ListedCollection,
): readonly string[] {
  const retired = retiredDevices(engine);
  const others = allPeers(engine.db).flatMap(({ device, head }) => {
    const found = head?.collections[id];
    const isCarried = found !== undefined && found.left !== true && !retired.has(device);
    return isCarried ? [head?.device.name ?? device] : [];
  });
  others.sort((a, b) => a.localeCompare(b));
  return folder === undefined ? others : [settings.deviceName, ...others];
}

/**
 * Bytes of the segments of a collection that were not read into a replica. What stands in the heads
 * themselves is short, and read with them.
 * @param inside a session with that replica; undefined where nothing was read.
 */
export function unreadBytes(
  { engine }: Session,
  collection: string,
  inside: Session | undefined,
): number {
  const own = { device: selfId(engine), segments: ownSegments(engine.db, collection, false) };
  const others = allPeers(engine.db).map(({ device, head }) => ({
    device,
    segments: head?.collections[collection]?.segments ?? [],
  }));
  return [own, ...others].reduce((sum, { device, segments }) => {
    const read = inside === undefined ? 0 : appliedUpTo(inside.engine.db, collection, device);
    return sum + sizeBeyond(segments, read);
  }, 0);
}

function sizeBeyond(segments: readonly SegmentEntry[], read: number): number {
  return segments
    .filter(([, , to]) => to > read)
    .reduce((sum, [, , , sizeBytes]) => sum + sizeBytes, 0);
}
