/**
 * Going to another bucket with the repository: what the device that moved it does at the end, and
 * all others once its head in the former bucket tells them.
 */
import { isErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import { addEvent } from '../replica/events.ts';
import { deleteMeta, getMeta, setMeta } from '../replica/meta.ts';
import type { BucketOverrides, BucketSettings } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { placeOf } from '../store/s3-place.ts';
import type { ObjectStore } from '../store/store.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { copySlots } from '../sync/copy.ts';
import { isHeadChanged, putHead } from '../sync/head.ts';
import { isOwnMove, isUntold, type Moved } from '../sync/moved.ts';
import { arriveInBucket } from '../sync/own-head.ts';
import { readManifest } from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import { readSettings, type Settings, writeSettings } from './home.ts';
import {
  chooseCredentials,
  isSupplied,
  keptIn,
  readStoreCredentials,
  writeStoreCredentials,
} from './secrets.ts';
import type { Session } from './session.ts';
import { type OpenedStore, openStore } from './store.ts';

/** A bucket that this device may go to. */
export interface Destination {
  readonly settings: BucketSettings;
  readonly insecureTls: boolean;
  /** What a person entered for it. */
  readonly credentials?: StoreCredentials | undefined;
}

/**
 * What a person says about a bucket to go to.
 * @throws SatchelError `usage`.
 */
export function parseDestination(
  url: string,
  how: {
    readonly overrides: BucketOverrides;
    readonly insecureTls: boolean;
    readonly password: string | undefined;
  },
): Destination {
  const { overrides, insecureTls, password } = how;
  const credentials = password === undefined ? undefined : { password };
  return { settings: parseBucketUrl(url, overrides), insecureTls, credentials };
}

/**
 * Takes this device to where the repository went, if nobody has to be asked for that.
 * @throws SatchelError `attention` where a person has to say how to get there, `unreachable` where
 *   it may only take time. Nothing is published meanwhile: nobody would read it.
 */
export async function followMove(session: Session, moved: Moved): Promise<void> {
  const { engine, settings } = session;
  if (isOwnMove(engine, moved)) {
    await completeMove(session);
    return;
  }
  // Without encryption, whoever can write to the bucket could lead the device anywhere.
  if (settings.encryption === 'none') throw hasToAsk(moved, 'it is not encrypted, so you decide');
  let reason = '';
  for (const destination of candidates(settings, moved)) {
    try {
      session.context.notice(await goTo(session, destination));
      return;
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      reason = messageOf(error);
      if (isErrorKind(error, 'unreachable')) throw hasToAsk(moved, reason, 'unreachable');
    }
  }
  throw hasToAsk(moved, reason);
}

/** The bucket with what only this machine knows of the former one, and without. */
function candidates(settings: Settings, moved: Moved): Destination[] {
  const here = parseBucketUrl(settings.bucket);
  const there = parseTold(moved);
  const isSame = isSameService(there, here);
  if (there.kind === 'dav' && !isSame) throw hasToAsk(moved, 'its password is not known here');
  const insecureTls = isSame && settings.insecureTls === true;
  const plain = { settings: there, insecureTls };
  if (there.kind === 'file' || here.kind === 'file' || here.kind !== there.kind) return [plain];
  const { caFile } = here;
  const profile = here.kind === 's3' ? here.profile : undefined;
  if (caFile === undefined && profile === undefined) return [plain];
  const known = {
    ...there,
    ...(caFile === undefined ? {} : { caFile }),
    ...(profile === undefined ? {} : { profile }),
  };
  return [{ settings: known, insecureTls }, plain];
}

/** A newer program may know kinds of buckets that this one does not. */
function parseTold(moved: Moved): BucketSettings {
  try {
    return parseBucketUrl(moved.to);
  } catch (error) {
    throw hasToAsk(moved, messageOf(error));
  }
}

/** The end of a move by this device, however often it was stopped before. */
async function completeMove(session: Session): Promise<void> {
  const { engine, settings } = session;
  const url = getMeta(engine.db, 'moving');
  if (url === undefined) throw new Error('a move was announced without a destination');
  // A life that this device does not remember may have told the others, and published more.
  const isTold = getMeta(engine.db, 'moved-since') !== undefined;
  const there = parseBucketUrl(url);
  const isSame = isSameService(there, parseBucketUrl(settings.bucket));
  const destination = {
    settings: there,
    insecureTls: isSame && settings.insecureTls === true,
  };
  if (isHeadChanged(engine) && !isTold) await tellOthers(session, destination);
  await goTo(session, destination);
}

/**
 * Tells the other devices of the move. Until now they may have changed keys in the former bucket:
 * what opens the repository has to go along while nobody uses the copy.
 */
export async function tellOthers(session: Session, destination: Destination): Promise<void> {
  const { engine } = session;
  if (await isUntold(engine)) {
    await atDestination(session, destination, ({ store }) => copySlots(engine.store, store));
  }
  await putHead(engine, { mayWriteIndex: false });
}

/**
 * Switches this home to another bucket that holds its repository.
 * @returns what happened, in words.
 * @throws SatchelError `usage` where it holds none, or another; what the store throws.
 */
export async function goTo(session: Session, destination: Destination): Promise<string> {
  const { engine } = session;
  const url = formatBucketUrl(destination.settings);
  const name = await atDestination(session, destination, async ({ store, credentials }) => {
    // The settings are the switch. Stopped after it, the next round finishes the arrival.
    setMeta(engine.db, 'arriving', url);
    await writeDestination(session, destination, url, credentials);
    await arriveInBucket({ db: engine.db, store });
    return store.name;
  });
  const message = `The repository went to ${name}, and this device with it.`;
  addEvent(engine.db, { time: engine.clock.now(), kind: 'device', message });
  return message;
}

interface There {
  readonly store: ObjectStore;
  readonly credentials: StoreCredentials;
}

async function atDestination<T>(
  session: Session,
  destination: Destination,
  work: (there: There) => Promise<T>,
): Promise<T> {
  const { context, engine, settings } = session;
  const credentials = await credentialsFor(context, settings, destination);
  const { store } = openDestination(session, destination, credentials);
  try {
    const found = await readManifest(store);
    if (found?.repository !== engine.repository) throw notThere(store.name, found !== undefined);
    return await work({ store, credentials });
  } finally {
    store.close();
  }
}

/** To be called before a round: a switch that was cut off half-way is brought to its end. */
export async function finishArrival({ engine, settings }: Session): Promise<void> {
  const url = getMeta(engine.db, 'arriving');
  if (url === undefined) return;
  if (url === settings.bucket) await arriveInBucket(engine);
  else deleteMeta(engine.db, 'arriving');
}

export function openDestination(
  { context }: Session,
  { settings, insecureTls }: Destination,
  credentials: StoreCredentials,
): OpenedStore {
  const { clock, random } = context;
  return openStore(formatBucketUrl(settings), {
    clock,
    random,
    insecureTls,
    credentials: async () => credentials,
  });
}

/**
 * What gets into the destination. What is kept for the present bucket is shown to nobody else.
 * @throws SatchelError `usage` where nobody can be asked for a password.
 */
export async function credentialsFor(
  context: AppContext,
  settings: Settings,
  { settings: bucket, credentials: entered }: Destination,
): Promise<StoreCredentials> {
  if (entered === undefined && isSameService(bucket, parseBucketUrl(settings.bucket))) {
    return await readStoreCredentials(context, { ...settings, bucket: formatBucketUrl(bucket) });
  }
  return await chooseCredentials(context, bucket, async () => entered ?? {});
}

async function writeDestination(
  { context }: Session,
  { settings: bucket, insecureTls }: Destination,
  url: string,
  credentials: StoreCredentials,
): Promise<void> {
  const { insecureTls: _former, ...settings } = readSettings(context.home);
  const toKeep = isSupplied(bucket) ? {} : credentials;
  const secrets = await writeStoreCredentials(context, toKeep, keptIn(settings));
  const insecure = insecureTls ? { insecureTls } : {};
  writeSettings(context.home, { ...settings, ...insecure, bucket: url, secrets });
}

/** True where the same server answers, which may be shown the same secrets. */
export function isSameService(a: BucketSettings, b: BucketSettings): boolean {
  if (a.kind === 'dav' && b.kind === 'dav') {
    return a.host === b.host && a.secure === b.secure && a.user === b.user;
  }
  if (a.kind === 's3' && b.kind === 's3') {
    // A provider's name stands for its endpoint.
    const [there, here] = [placeOf(a), placeOf(b)];
    return there.endpoint === here.endpoint && there.region === here.region;
  }
  return a.kind === 'file' && b.kind === 'file';
}

function hasToAsk(
  { to }: Moved,
  reason: string,
  kind: 'attention' | 'unreachable' = 'attention',
): SatchelError {
  const words = reason.replace(/\.$/, '');
  return new SatchelError(kind, `The repository moved to ${nameOf(to)}: ${words}.`, {
    hint:
      'Run "satchel move --follow", with --profile, --user or the like where they are needed. ' +
      'What is saved here waits until then.',
  });
}

/** A bucket URL without its settings. */
export function nameOf(url: string): string {
  return url.replace(/\?.*$/, '');
}

function notThere(name: string, isOther: boolean): SatchelError {
  return new SatchelError(
    'usage',
    `${name} does not hold this repository${isOther ? ', but another one' : ''}.`,
    { hint: 'Check the address. Nothing was changed.' },
  );
}
