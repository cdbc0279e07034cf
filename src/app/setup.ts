/** Setting up a device: a new repository, or one more device of one. */
import { SatchelError } from '../base/errors.ts';
import type { KeyRing } from '../format/key-ring.ts';
import { formatRecoveryKey } from '../format/repository-key.ts';
import type { BucketOverrides, BucketSettings } from '../store/bucket-settings.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import {
  createRepository,
  readManifest,
  repositoryExists,
  unlockRepository,
} from '../sync/repository.ts';
import type { AppContext, HeldSecrets } from './context.ts';
import { checkDeviceName } from './devices.ts';
import { setForeignReplicaAside } from './foreign-replica.ts';
import { isSetUp, readSettings, type Settings, writeSettings } from './home.ts';
import { lockHome } from './lock.ts';
import {
  chooseCredentials,
  choosePlace,
  isSupplied,
  type KeptIn,
  refuseMisplaced,
  writeKeyRing,
  writeStoreCredentials,
} from './secrets.ts';
import { ensureFolder, type OpenStoreOptions, openStore } from './store.ts';
import { syncHome } from './sync-home.ts';
import { errorWords } from './trouble.ts';

export interface SetUpOptions {
  /** A bucket URL, or the path of a folder. */
  readonly bucket: string;
  /** Settings that win over those in the URL. */
  readonly overrides?: BucketOverrides;
  readonly deviceName: string;
  readonly insecureTls?: boolean | undefined;
  /** What a person entered to reach the bucket; kept unless the environment supplies it. */
  readonly credentials?: StoreCredentials | undefined;
  /** Keep neither key nor credentials on this device: they are asked for each time. */
  readonly sessionOnly?: boolean | undefined;
}

export interface SetUpResult {
  readonly repository: string;
  readonly bucket: string;
  readonly encrypted: boolean;
  readonly deviceName: string;
  /** Printed once at `init`; undefined at `join` and without encryption. */
  readonly recoveryKey: string | undefined;
  /** Where this device keeps its secrets. */
  readonly secrets: KeptIn['place'];
}

/** How long `init` waits before it looks whether another device did the same (rule F1). */
const INIT_PAUSE_MS = 1000;

/**
 * Makes a new repository and this home its first device.
 * @param askPassphrase called once it is sure that a repository can be made; undefined for one
 *   without encryption.
 */
export async function initRepository(
  context: AppContext,
  options: SetUpOptions,
  askPassphrase: (() => Promise<string>) | undefined,
): Promise<SetUpResult> {
  return await setUp(context, options, async (bucket, how) => {
    await ensureFolder(bucket, how);
    const { store } = openStore(bucket, how);
    try {
      if ((await readManifest(store)) !== undefined) throw repositoryExists(store);
      const passphrase = await askPassphrase?.();
      const ports = { store, clock: context.clock, random: context.random };
      const created = await createRepository(ports, { passphrase, pauseMs: INIT_PAUSE_MS });
      const { repository, encryption, ring, recovery } = created;
      const recoveryKey = recovery === undefined ? undefined : formatRecoveryKey(recovery);
      return { repository, encryption, ring, recoveryKey };
    } finally {
      store.close();
    }
  });
}

/**
 * Makes this home one more device of a repository.
 * @param askPassphrase called only where the repository is encrypted.
 * @param expectsEncryption true where a passphrase was given for this very command: then a repository that says it is
 *   not encrypted is refused, for somebody else may have put it there.
 */
export async function joinRepository(
  context: AppContext,
  options: SetUpOptions,
  askPassphrase: () => Promise<string>,
  expectsEncryption = false,
): Promise<SetUpResult> {
  return await setUp(context, options, async (bucket, how) => {
    const { store } = openStore(bucket, how);
    try {
      const manifest = await readManifest(store);
      if (manifest === undefined) throw noRepository(bucket);
      const { repository, encryption } = manifest;
      if (encryption === 'none' && expectsEncryption) throw notEncrypted(bucket);
      if (encryption === 'none') {
        return { repository, encryption, ring: undefined, recoveryKey: undefined };
      }
      const { ring, isPartial } = await unlockRepository(store, manifest, await askPassphrase());
      if (isPartial) context.notice(PARTIAL_WORDS);
      return { repository, encryption, ring, recoveryKey: undefined };
    } finally {
      store.close();
    }
  });
}

/** Said where what was typed is older than the last change of the key. */
export const PARTIAL_WORDS =
  "This opens only what is older than the last change of the repository's key. For the rest, run " +
  '"satchel keys unlock" with the passphrase or recovery key that was made then.';

/** @throws SatchelError `usage` where the home belongs to a repository already. */
export function refuseSetUpHome(home: string): void {
  if (!isSetUp(home)) return;
  throw new SatchelError('usage', `The home ${home} is set up already.`, {
    hint: 'Use --home (or SATCHEL_HOME) for a second repository on this machine.',
  });
}

/** A repository that was made, or opened, in the bucket. */
export interface Made {
  readonly repository: string;
  readonly encryption: Settings['encryption'];
  readonly ring: KeyRing | undefined;
  readonly recoveryKey: string | undefined;
}

/**
 * Makes this home a device of a repository.
 * @param make makes or opens the repository in the bucket; the home is untouched if it throws.
 * @throws SatchelError `usage` where the home, the name or the bucket's URL does not do.
 */
export async function setUp(
  context: AppContext,
  options: SetUpOptions,
  make: (bucket: string, how: OpenStoreOptions) => Promise<Made>,
): Promise<SetUpResult> {
  const { home, clock, random } = context;
  refuseSetUpHome(home);
  const deviceName = checkDeviceName(options.deviceName);
  const parsed = parseBucketUrl(options.bucket, options.overrides);
  const bucket = formatBucketUrl(parsed);
  const entered = options.credentials ?? {};
  refuseMisplaced(parsed, entered);
  const lock = lockHome(home, 'set-up');
  try {
    // Until now another command may have been at work there.
    refuseSetUpHome(home);
    const credentials = await chooseCredentials(context, parsed, async () => entered);
    const insecureTls = options.insecureTls === true;
    const made = await make(bucket, {
      clock,
      random,
      insecureTls,
      credentials: async () => credentials,
    });
    const { repository, encryption, ring } = made;
    setForeignReplicaAside(context, repository);
    const secrets = await keepSecrets(context, options, parsed, { ring, credentials });
    writeSettings(home, {
      format: 1,
      bucket,
      ...(insecureTls ? { insecureTls } : {}),
      repository,
      encryption,
      deviceName,
      secrets,
      collections: {},
    });
    lock.release();
    await announce({ ...context, held: { ring, credentials } });
    return {
      repository,
      // Who joins where the repository was is led to where it went.
      bucket: readSettings(home).bucket,
      encrypted: encryption !== 'none',
      deviceName,
      recoveryKey: made.recoveryKey,
      secrets: secrets.place,
    };
  } finally {
    lock.release();
  }
}

/** Keeps what is not supplied in another way, and says where. */
async function keepSecrets(
  context: AppContext,
  { sessionOnly = false, credentials: entered }: SetUpOptions,
  bucket: BucketSettings,
  { ring, credentials: used }: HeldSecrets,
): Promise<KeptIn> {
  // What was asked for on the way was entered as well; what the environment holds was not.
  const toKeep = entered ?? (isSupplied(bucket) ? {} : (used ?? {}));
  const hasSecrets = ring !== undefined || Object.keys(toKeep).length > 0;
  if (!hasSecrets && !sessionOnly) return { place: 'file' };
  const kept = await choosePlace(context, { sessionOnly });
  if (ring !== undefined) await writeKeyRing(context, ring, kept);
  return await writeStoreCredentials(context, toKeep, kept);
}

/** The first head of this device; a failure leaves it to the next `sync`. */
async function announce(context: AppContext): Promise<void> {
  try {
    await syncHome(context, 'set-up', undefined);
  } catch (error) {
    // Whatever it was: who made a repository has yet to be shown its recovery key.
    context.notice(`The device is set up, but its first sync failed: ${errorWords(error)}`);
  }
}

function notEncrypted(bucket: string): SatchelError {
  const name = bucket.replace(/\?.*$/, '');
  return new SatchelError('refused', `The repository in ${name} is not encrypted.`, {
    hint: 'A passphrase was given, so this may be the wrong bucket. If it is right, use --no-encryption.',
  });
}

/** @param bucket its URL. */
export function noRepository(bucket: string): SatchelError {
  return new SatchelError(
    'usage',
    `There is no Satchel repository in ${bucket.replace(/\?.*$/, '')}.`,
    {
      hint: 'Check the address, or run "satchel init" to make a repository there.',
    },
  );
}
