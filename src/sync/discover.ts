/**
 * Meeting other devices: by the list of heads, and by what the heads of others say. A list is not
 * sealed, so what only a list names is looked at, and forgotten once it is gone again.
 */
import { isObjectId, REGISTRY_ID } from '../format/ids.ts';
import { HEADS_PREFIX } from '../format/object-keys.ts';
import { clockOf } from '../replica/clocks.ts';
import { addEvent } from '../replica/events.ts';
import { collectionIds, getNote, setNote } from '../replica/meta.ts';
import { addPeer, allPeers, removePeer } from '../replica/peers.ts';
import { type Engine, selfId } from './engine.ts';
import { formerIdentities } from './identity.ts';
import type { Trouble } from './kind.ts';
import type { ReadOutcome } from './stalled.ts';

/** So many heads of devices that nobody vouches for are looked at: each costs a request a poll. */
const STRANGERS_READ = 1_000;
/** So many names that no Satchel wrote are told of, and remembered as told. */
const STRANGE_TOLD = 10;
const STRANGE_REMEMBERED = 100;

export interface Discovered {
  readonly listed: ReadonlySet<string>;
  /** What was left out, if more heads were listed than devices can be. */
  readonly trouble: Trouble | undefined;
}

/** Lists `heads/` and notes the devices there. */
export async function discover(engine: Engine): Promise<Discovered> {
  const { db } = engine;
  const { objects, strange } = await engine.store.list(HEADS_PREFIX);
  tellStrange(engine, strange);
  const listed = new Set(
    objects.map(({ key }) => key.slice(HEADS_PREFIX.length)).filter(isObjectId),
  );
  const vouched = vouchedFor(engine);
  const known = new Set(allPeers(db).map(({ device }) => device));
  const strangers = [...known].filter((device) => !vouched.has(device)).length;
  const fresh = [...listed].filter((device) => !known.has(device) && device !== selfId(engine));
  const wanted = fresh.slice(0, Math.max(0, STRANGERS_READ - strangers));
  db.transaction(() => {
    for (const device of wanted) addPeer(db, device);
  });
  const isAll = wanted.length === fresh.length;
  return { listed, trouble: isAll ? undefined : tooManyHeads(strangers + fresh.length) };
}

/**
 * Devices of which something that was sealed tells: their own head, another's, or a clock. The own
 * head goes on telling of these, and of no others.
 */
export function vouchedFor(engine: Engine): ReadonlySet<string> {
  const { db } = engine;
  const vouched = new Set(formerIdentities(engine));
  for (const { device, head } of allPeers(db)) {
    if (head === undefined) continue;
    vouched.add(device);
    for (const named of head.known) vouched.add(named);
  }
  for (const collection of collectionIds(db)) {
    for (const device of Object.keys(clockOf(db, collection))) vouched.add(device);
  }
  return vouched;
}

/** After a poll that listed: what the list alone had named, and is neither there nor listed now. */
export function forgetStrangers(
  engine: Engine,
  { listed }: Discovered,
  outcomes: ReadonlyMap<string, ReadOutcome>,
): void {
  const { db } = engine;
  const vouched = vouchedFor(engine);
  db.transaction(() => {
    for (const { device } of allPeers(db)) {
      const isGone = outcomes.get(device)?.kind === 'missing' && !listed.has(device);
      if (isGone && !vouched.has(device)) removePeer(db, device);
    }
  });
}

function tellStrange({ db, clock }: Engine, strange: readonly string[]): void {
  const text = getNote(db, REGISTRY_ID, 'strange-told');
  const told = new Set<string>(text === undefined ? [] : JSON.parse(text));
  const fresh = [...strange].sort().filter((name) => !told.has(name));
  const remembered = [...strange].sort().slice(0, STRANGE_REMEMBERED);
  const note = JSON.stringify(remembered);
  if (note === text) return;
  setNote(db, REGISTRY_ID, 'strange-told', note);
  const tell = (message: string): void =>
    addEvent(db, { time: clock.now(), kind: 'warning', message });
  for (const name of fresh.slice(0, STRANGE_TOLD)) {
    tell(`The bucket holds "${name}", which no Satchel wrote. It is ignored.`);
  }
  const more = fresh.length - STRANGE_TOLD;
  if (more > 0) tell(`The bucket holds ${more} more such names in ${HEADS_PREFIX}.`);
}

function tooManyHeads(count: number): Trouble {
  return {
    path: HEADS_PREFIX,
    error:
      `The bucket lists ${count} heads of devices that no other device knows; only ` +
      `${STRANGERS_READ} of them are read. Somebody else may be writing to the bucket: "satchel ` +
      'verify" lists what is damaged there, and who can write to it is to be seen at the provider.',
  };
}
