/** S9: with a new identity, nothing is published before what the former one published is read. */
import { appliedUpTo, endsOf } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta, nextSequence, setMeta } from '../replica/meta.ts';
import { outboxCount, outboxEntries } from '../replica/outbox.ts';
import { allPeers, type Peer, peerOf, waitingUnits } from '../replica/peers.ts';
import { type Engine, workedOn } from './engine.ts';
import { refreshRecord, wasPublished } from './records.ts';
import { retiredDevices } from './retired.ts';

/** Where a former identity has to be read up to before anything is published. */
export interface UnreadFormer {
  readonly device: string;
  readonly upTo: Readonly<Record<string, number>>;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What a former head names may be lost for ever; after so long the device goes on without it. */
const FORMER_GIVEN_UP_MS = 60 * 60 * 1000;

/** True from when this device has a new identity until what the former one published is read. */
export function isFormerAwaited({ db }: Pick<Engine, 'db'>): boolean {
  return getMeta(db, 'unread-former') !== undefined;
}

/**
 * True while the former identity's commits are not all read, nor its archives: nothing is published
 * meanwhile, for it might undo what they hold. Collections that are not worked on here do not count.
 */
export function isFormerUnread(engine: Engine): boolean {
  const { db } = engine;
  const text = getMeta(db, 'unread-former');
  if (text === undefined) return false;
  const { device, upTo, since }: UnreadFormer = JSON.parse(text);
  const isAwaited = Object.entries(upTo).some(([collection, n]) => {
    if (engine.kindOf(collection) === undefined) return false;
    const end = endsOf(db, collection).get(device) ?? n;
    return appliedUpTo(db, collection, device) < Math.min(n, end);
  });
  const isUnread =
    isAwaited || peerOf(db, device)?.error !== undefined || isOtherLifeUnread(engine);
  const now = engine.clock.now();
  // A clock that was ahead when the wait began must not make it last until then.
  if (since > now) setMeta(db, 'unread-former', JSON.stringify({ device, upTo, since: now }));
  const isGivenUp = isUnread && now - since > FORMER_GIVEN_UP_MS && wereAllAskedFor(engine);
  if (isUnread && !isGivenUp) return true;
  db.transaction(() => {
    dropPublished(engine);
    deleteMeta(db, 'unread-former');
    if (isGivenUp) addEvent(db, { time: now, kind: 'warning', message: NOT_ALL_READ });
  });
  return false;
}

const NOT_ALL_READ =
  'What this device had published before it was restored could not all be read back.';

/** Only now is known all that tells what of the restored outbox was published before. */
function dropPublished(engine: Engine): void {
  const { db } = engine;
  for (const collection of workedOn(engine)) {
    const seq = nextSequence(db);
    for (const entry of outboxEntries(db, collection, { onlyLocal: false })) {
      // This drops it, and notes what the record shows without it.
      if (wasPublished(engine, collection, entry)) {
        refreshRecord(engine, collection, entry.record, seq);
      }
    }
  }
}

/**
 * True while the outbox may hold what a life that the backup does not know of published: that can
 * be any device of which something was not read, or not applied, since this one has its identity. A
 * retired device's objects may be gone for good, and whoever retired it keeps copies (rule S14).
 */
function isOtherLifeUnread(engine: Engine): boolean {
  const { db } = engine;
  const restored = workedOn(engine).filter((collection) => outboxCount(db, collection) > 0);
  if (restored.length === 0) return false;
  if (restored.some((collection) => waitingUnits(db, collection).length > 0)) return true;
  const retired = retiredDevices(engine);
  return allPeers(db).some((peer) => !retired.has(peer.device) && !isReadWhole(peer));
}

/** False where the network went away before the first look under the new identity was over. */
function wereAllAskedFor(engine: Engine): boolean {
  const retired = retiredDevices(engine);
  return allPeers(engine.db).every(
    ({ device, readAt, error }) =>
      retired.has(device) || readAt !== undefined || error !== undefined,
  );
}

/** A head that was there before and is not, or older, shows nothing of what came since. */
function isReadWhole({ head, readAt, olderSince, error }: Peer): boolean {
  const isRead = head !== undefined && readAt !== undefined;
  return isRead && olderSince === undefined && error === undefined;
}
