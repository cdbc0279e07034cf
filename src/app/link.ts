/**
 * Linking a further device, on the side of the one that is set up: a link is made, waited for, and
 * taken back. What a link is stands in `src/format/link.ts`.
 */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import {
  decodeLinkObject,
  LINK_LIFE_MS,
  LINK_OBJECT_MAX_BYTES,
  type LinkTarget,
  makeLink,
} from '../format/link.ts';
import { formatLinkCode, newLinkCode } from '../format/link-code.ts';
import { LINKS_PREFIX, linkKey } from '../format/object-keys.ts';
import { laterRootsOf, opensNoMore } from '../format/slot.ts';
import { forgetLink, notedLinks, noteLink } from '../replica/links.ts';
import type { BucketSettings } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { resolveS3Access } from '../store/s3.ts';
import { placeOf } from '../store/s3-place.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { requireRingOf } from '../sync/key-ring.ts';
import { readSlots } from '../sync/slots.ts';
import { readOwnManifest } from './own-manifest.ts';
import { portableBucket } from './portable-bucket.ts';
import { readStoreCredentials } from './secrets.ts';
import type { Session } from './session.ts';
import { s3Options } from './store.ts';

export interface Link {
  readonly id: string;
  /** What the other device takes in; it gives nothing away without the code. */
  readonly text: string;
  /** To be told beside the link: two groups of four characters. */
  readonly code: string;
  /** When it dies: milliseconds since the Unix epoch, by the clock of the bucket's server. */
  readonly untilMs: number;
  /** False where the other device has to bring its own access to the bucket. */
  readonly hasCredentials: boolean;
}

/** What became of a link. */
export type LinkEnd = 'used' | 'died' | 'taken back';

/**
 * Makes a link. The session may be one that only reads.
 * @param withCredentials false to leave out by what this device gets into the bucket.
 * @throws SatchelError as the store, and `refused` where this device lacks the key.
 */
export async function createLink(session: Session, withCredentials: boolean): Promise<Link> {
  const { engine, settings, context, key } = session;
  const { store, random, db } = engine;
  const manifest = await readOwnManifest(store, settings);
  const ring = await key.ring();
  if (ring !== undefined) {
    requireRingOf(store, manifest, ring);
    const known = laterRootsOf(ring, settings.repository);
    const isPartial = (await readSlots(store)).some(({ slot }) => !opensNoMore(slot, known));
    if (isPartial) context.notice(PARTIAL_WORDS);
  }
  const entrance = await findEntrance(session, withCredentials);
  const madeMs = session.serverNow();
  const untilMs = Math.round(madeMs) + LINK_LIFE_MS;
  const target: LinkTarget = {
    bucket: formatBucketUrl(entrance.bucket),
    repository: settings.repository,
    until: untilMs,
    ...(ring === undefined ? { open: true } : {}),
    ...entrance.credentials,
  };
  const code = newLinkCode(random);
  const { id, text, object } = await makeLink({ random, madeMs }, code, target, ring);
  // Noted first: should this process die, a later round takes the object away.
  noteLink(db, { id, untilMs });
  await store.put(linkKey(id), object);
  return { id, text, code: formatLinkCode(code), untilMs, hasCredentials: entrance.isComplete };
}

const PARTIAL_WORDS =
  "The repository's key was changed on another device, and this one does not have the newest yet; " +
  'the linked device will not have it either. Run "satchel keys unlock" on both.';

/** How the other device finds the bucket and gets in. */
interface Entrance {
  readonly bucket: BucketSettings;
  readonly credentials: Pick<LinkTarget, 'keys' | 'password'>;
  /** True where nothing else is needed. */
  readonly isComplete: boolean;
}

async function findEntrance(session: Session, withCredentials: boolean): Promise<Entrance> {
  const { context, live } = session;
  const settings = live();
  const here = parseBucketUrl(settings.bucket);
  const bucket = portableBucket(here);
  if (bucket.kind === 'file') return { bucket, credentials: {}, isComplete: true };
  if (!withCredentials) return { bucket, credentials: {}, isComplete: false };
  const entered = await readStoreCredentials(context, settings);
  if (here.kind !== 's3' || bucket.kind !== 's3') return passwordEntrance(bucket, entered);
  const { clock, random } = context;
  const insecureTls = settings.insecureTls === true;
  const options = { clock, random, insecureTls, credentials: async () => entered };
  const { accessKeys, region } = await resolveS3Access(here, await s3Options(here, options));
  // The region may come from a profile or a variable, which the other device lacks.
  const found = placeOf(bucket).region === undefined ? { ...bucket, region } : bucket;
  if (accessKeys === undefined || accessKeys.sessionToken !== undefined) {
    context.notice(
      'The link carries no access key: this device has a temporary one, which soon runs out. The ' +
        'other device needs access of its own to the bucket.',
    );
    return { bucket: found, credentials: {}, isComplete: false };
  }
  const { accessKeyId, secretAccessKey } = accessKeys;
  return { bucket: found, credentials: { keys: [accessKeyId, secretAccessKey] }, isComplete: true };
}

function passwordEntrance(bucket: BucketSettings, { password }: StoreCredentials): Entrance {
  return {
    bucket,
    credentials: password === undefined ? {} : { password },
    isComplete: true,
  };
}

/** Takes a link back: it opens nothing any more. Does no harm to one that was used or has died. */
export async function cancelLink({ engine }: Session, id: string): Promise<void> {
  await engine.store.delete(linkKey(id));
  forgetLink(engine.db, id);
}

/** A person is waiting, and fifteen minutes of this are 300 small requests. */
const LOOK_EVERY_MS = 3000;

/** What has become of a link by now, for whoever asks again and again. */
export interface LinkState {
  readonly state: 'waiting' | Exclude<LinkEnd, 'taken back'>;
  /** By the clock of the bucket's server. */
  readonly leftMs: number;
}

/** Asks the bucket what has become of a link. One that has died is taken out of it. */
export async function lookAtLink(
  session: Session,
  { id, untilMs }: Pick<Link, 'id' | 'untilMs'>,
): Promise<LinkState> {
  const { engine, context } = session;
  const leftMs = Math.max(0, untilMs - session.serverNow());
  if (leftMs === 0) {
    await cancelLink(session, id);
    return { state: 'died', leftMs };
  }
  if (await isInBucket(session, id)) return { state: 'waiting', leftMs };
  // A store may show a new object late.
  await context.clock.sleep(LOOK_EVERY_MS);
  if (await isInBucket(session, id)) return { state: 'waiting', leftMs };
  forgetLink(engine.db, id);
  return { state: 'used', leftMs };
}

async function isInBucket({ engine }: Session, id: string): Promise<boolean> {
  const found = await engine.store.get(linkKey(id), { maxBytes: LINK_OBJECT_MAX_BYTES });
  return found.kind !== 'missing';
}

/**
 * Waits until a link was used or has died, and takes it back if the signal says so first. A bucket
 * that cannot be reached meanwhile is asked again.
 */
export async function followLink(
  session: Session,
  link: Pick<Link, 'id' | 'untilMs'>,
  signal: AbortSignal,
): Promise<LinkEnd> {
  for (;;) {
    await session.context.clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) {
      await cancelLink(session, link.id);
      return 'taken back';
    }
    try {
      const { state } = await lookAtLink(session, link);
      if (state !== 'waiting') return state;
    } catch (error) {
      // A link that has died has nothing more to wait for: a later round takes it away.
      const isOver = session.serverNow() >= link.untilMs;
      if (isOver || !isErrorKind(error, 'unreachable')) throw error;
    }
  }
}

/**
 * Takes away what links of this device left when its process died. Part of every round, which this
 * may not fail: what is left for the next one opens nothing by then.
 */
export async function sweepOwnLinks(session: Session): Promise<void> {
  const dead = notedLinks(session.engine.db).filter(
    ({ untilMs }) => session.serverNow() >= untilMs,
  );
  try {
    for (const { id } of dead) await cancelLink(session, id);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
  }
}

/** Hardly anybody links more devices a month; a hostile bucket could list any number. */
const SWEPT_AT_ONCE_MAX = 100;

/** Takes away the dead links of all devices: part of pruning. What cannot be read is left alone. */
export async function sweepLinks(session: Session): Promise<void> {
  const { store } = session.engine;
  const { objects } = await store.list(LINKS_PREFIX);
  for (const { key } of objects.slice(0, SWEPT_AT_ONCE_MAX)) {
    const found = await store.get(key, { maxBytes: LINK_OBJECT_MAX_BYTES });
    if (found.kind !== 'found') continue;
    try {
      const { until } = decodeLinkObject(key.slice(LINKS_PREFIX.length), found.body);
      if (until > session.serverNow()) continue;
    } catch (error) {
      if (!isErrorKind(error, 'damaged')) throw error;
      continue;
    }
    await store.delete(key);
  }
}
