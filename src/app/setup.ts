/** Setting up a device: a new repository, or one more device of one. */
import { SatchelError } from '../base/errors.ts';
import { formatRecoveryKey } from '../format/repository-key.ts';
import { ensureDirectoryRoot } from '../store/directory.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import {
  createRepository,
  readManifest,
  repositoryExists,
  unlockRepository,
} from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import { checkDeviceName } from './devices.ts';
import { isSetUp, type Settings, writeRootKey, writeSettings } from './home.ts';
import { lockHome } from './lock.ts';
import { withSession } from './session.ts';
import { openStore } from './store.ts';
import { runSync } from './sync.ts';

export interface SetUpOptions {
  readonly bucket: string;
  readonly deviceName: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly insecureTls?: boolean | undefined;
}

export interface SetUpResult {
  readonly repository: string;
  readonly bucket: string;
  readonly encrypted: boolean;
  readonly deviceName: string;
  /** Printed once at `init`; undefined at `join` and without encryption. */
  readonly recoveryKey: string | undefined;
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
  return await setUp(context, options, async (bucket) => {
    const parsed = parseBucketUrl(bucket);
    if (parsed.kind === 'file') await ensureDirectoryRoot(parsed.root);
    const { store } = openStore(bucket, options.insecureTls === true, context);
    try {
      if ((await readManifest(store)) !== undefined) throw repositoryExists(store);
      const passphrase = await askPassphrase?.();
      const ports = { store, clock: context.clock, random: context.random };
      const created = await createRepository(ports, { passphrase, pauseMs: INIT_PAUSE_MS });
      const { repository, encryption, root, recovery } = created;
      const recoveryKey = recovery === undefined ? undefined : formatRecoveryKey(recovery);
      return { repository, encryption, root, recoveryKey };
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
  return await setUp(context, options, async (bucket) => {
    const { store } = openStore(bucket, options.insecureTls === true, context);
    try {
      const manifest = await readManifest(store);
      if (manifest === undefined) throw noRepository(bucket);
      const { repository, encryption } = manifest;
      if (encryption === 'none' && expectsEncryption) throw notEncrypted(bucket);
      const root =
        encryption === 'none'
          ? undefined
          : await unlockRepository(store, manifest, await askPassphrase());
      return { repository, encryption, root, recoveryKey: undefined };
    } finally {
      store.close();
    }
  });
}

interface Made {
  readonly repository: string;
  readonly encryption: Settings['encryption'];
  readonly root: Uint8Array | undefined;
  readonly recoveryKey: string | undefined;
}

async function setUp(
  context: AppContext,
  options: SetUpOptions,
  make: (bucket: string) => Promise<Made>,
): Promise<SetUpResult> {
  const { home } = context;
  if (isSetUp(home)) {
    throw new SatchelError('usage', `The home ${home} is set up already.`, {
      hint: 'Use --home (or SATCHEL_HOME) for a second repository on this machine.',
    });
  }
  const { endpoint, region, profile } = options;
  const deviceName = checkDeviceName(options.deviceName);
  const bucket = formatBucketUrl(parseBucketUrl(options.bucket, { endpoint, region, profile }));
  const lock = lockHome(home, 'set-up');
  try {
    const made = await make(bucket);
    if (made.root !== undefined) writeRootKey(home, made.root);
    const insecure = options.insecureTls === true ? { insecureTls: true } : {};
    const { repository, encryption } = made;
    const common = { format: 1 as const, bucket, repository, encryption, deviceName };
    writeSettings(home, { ...common, ...insecure, collections: {} });
    lock.release();
    await announce(context);
    return {
      repository,
      bucket,
      encrypted: encryption !== 'none',
      deviceName,
      recoveryKey: made.recoveryKey,
    };
  } finally {
    lock.release();
  }
}

/** The first head of this device; a failure leaves it to the next `sync`. */
async function announce(context: AppContext): Promise<void> {
  try {
    await withSession(context, 'set-up', (session) => runSync(session, undefined));
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    context.notice(`The device is set up, but its first sync failed: ${error.message}`);
  }
}

function notEncrypted(bucket: string): SatchelError {
  const name = bucket.replace(/\?.*$/, '');
  return new SatchelError('refused', `The repository in ${name} is not encrypted.`, {
    hint: 'A passphrase was given, so this may be the wrong bucket. If it is right, use --no-encryption.',
  });
}

function noRepository(bucket: string): SatchelError {
  return new SatchelError(
    'usage',
    `There is no Satchel repository in ${bucket.replace(/\?.*$/, '')}.`,
    {
      hint: 'Check the address, or run "satchel init" to make a repository there.',
    },
  );
}
