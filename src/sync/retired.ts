/**
 * S14: retired devices, as the registry lists them for all. Retired is a mark and no more: the
 * head stays, is read less often, and a device that comes back takes its mark away.
 */
import { REGISTRY_ID, recordIdOf } from '../format/ids.ts';
import { addEvent } from '../replica/events.ts';
import { isReady } from '../replica/meta.ts';
import { unclaimedRecords } from '../replica/records.ts';
import { type Engine, selfId } from './engine.ts';
import { saveFields } from './registry.ts';

export interface RetiredDevice {
  readonly device: string;
  readonly name: string;
  /** When it was retired, milliseconds since the Unix epoch. */
  readonly retired: number;
  /** In somebody else's hands, perhaps: what it writes from then on does not count. */
  readonly isLost: boolean;
}

/** The devices that are marked as retired now, by id. */
export function retiredDevices(engine: Engine): ReadonlyMap<string, RetiredDevice> {
  const marks = [...unclaimedRecords(engine.db, REGISTRY_ID)].flatMap(({ isLive, fields }) => {
    const { device, name, retired, lost } = fields;
    if (!isLive || typeof device !== 'string' || typeof retired !== 'number') return [];
    return [{ device, name: String(name ?? ''), retired, isLost: lost === true }];
  });
  return new Map(marks.map((mark) => [mark.device, mark]));
}

/** Marks a device for all; published with the next round. */
export function markRetired(engine: Engine, mark: RetiredDevice): void {
  const { device, name, retired, isLost } = mark;
  const lost = isLost ? { lost: true } : {};
  saveFields(engine, recordOfDevice(device), { device, name, retired, ...lost });
}

/**
 * A retired device that works again says so. A lost one does not: its identity has ended, and it
 * goes on under another.
 */
export function returnIfRetired(engine: Engine): void {
  const self = selfId(engine);
  const mark = retiredDevices(engine).get(self);
  if (mark === undefined || mark.isLost || !isReady(engine.db, REGISTRY_ID)) return;
  saveFields(engine, recordOfDevice(self), { retired: undefined });
  addEvent(engine.db, {
    time: engine.clock.now(),
    kind: 'device',
    message: 'This device had been removed from the list of devices. It is back on it.',
  });
}

function recordOfDevice(device: string): string {
  return recordIdOf(`device/${device}`);
}
