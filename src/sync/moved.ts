/** A repository that went to another bucket: what the heads in the former one say about it. */
import { deleteMeta, getMeta, markHeadChanged, setMeta } from '../replica/meta.ts';
import { allPeers } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { retiredDevices } from './retired.ts';

export interface Moved {
  /** The bucket URL, without what only one machine needs. */
  readonly to: string;
  /** Milliseconds since the Unix epoch, by the clock of the device that moved it. */
  readonly time: number;
  readonly device: string;
}

/**
 * Notes where the heads last read say that the repository went. Where two devices moved it at the
 * same time, all follow the one that says the lower time, and the other one gives in. What a lost
 * device says does not count: it might lead the others into a stranger's bucket.
 */
export function noteMoved(engine: Engine): Moved | undefined {
  const { db } = engine;
  const retired = retiredDevices(engine);
  const told = allPeers(db).flatMap(({ device, head }): Moved[] => {
    const moved = head?.moved;
    if (moved === undefined || retired.get(device)?.isLost === true) return [];
    return [{ to: moved.to, time: moved.time, device }];
  });
  const own = ownMove(engine);
  const [first] = [...told, ...(own === undefined ? [] : [own])].sort(
    (a, b) => a.time - b.time || (a.device < b.device ? -1 : 1),
  );
  if (first === undefined) deleteMeta(db, 'follow');
  else setMeta(db, 'follow', JSON.stringify(first));
  if (own !== undefined && first !== own) withdrawMove(engine);
  return first;
}

/** Where the repository went, by the last poll; undefined where it is still here. */
export function movedTo(engine: Pick<Engine, 'db'>): Moved | undefined {
  const text = getMeta(engine.db, 'follow');
  return text === undefined ? undefined : JSON.parse(text);
}

/** Makes this device's head tell the others where to go, from its next writing on. */
export function announceMove(engine: Engine, to: string): void {
  if (getMeta(engine.db, 'moved') !== undefined) return;
  setMeta(engine.db, 'moved', JSON.stringify({ to, time: engine.clock.now() }));
  markHeadChanged(engine.db);
}

function ownMove(engine: Engine): Moved | undefined {
  const text = getMeta(engine.db, 'moved');
  return text === undefined ? undefined : { ...JSON.parse(text), device: selfId(engine) };
}

function withdrawMove({ db }: Engine): void {
  deleteMeta(db, 'moved');
  markHeadChanged(db);
}
