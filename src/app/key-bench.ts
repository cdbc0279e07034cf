/** What managing the keys of a repository takes: its bucket and its slots, and no lock. */
import { SatchelError } from '../base/errors.ts';
import type { KeyRing } from '../format/key-ring.ts';
import type { Manifest } from '../format/manifest.ts';
import { requireRingOf } from '../sync/key-ring.ts';
import { bucketLeft, requireNotLeft } from '../sync/moved.ts';
import { type RepositoryPorts, readSlots, type SlotEntry } from '../sync/slots.ts';
import type { AppContext } from './context.ts';
import { readSettings } from './home.ts';
import { readOwnManifest } from './own-manifest.ts';
import { readStoreCredentials } from './secrets.ts';
import { openForReading } from './session.ts';
import { openSessionKey, type SessionKey } from './session-key.ts';
import { openStore } from './store.ts';

export interface KeyBench {
  readonly ports: RepositoryPorts;
  /** The URL of the bucket. */
  readonly bucket: string;
  readonly manifest: Manifest;
  readonly slots: readonly SlotEntry[];
  readonly key: SessionKey;
}

/** @throws SatchelError `usage` where the repository is not encrypted. */
export async function atKeyBench<T>(
  context: AppContext,
  work: (bench: KeyBench) => Promise<T>,
): Promise<T> {
  const { clock, random, home } = context;
  const settings = readSettings(home);
  if (settings.encryption === 'none') throw notEncrypted();
  const { store } = openStore(settings.bucket, {
    clock,
    random,
    insecureTls: settings.insecureTls === true,
    credentials: () => readStoreCredentials(context, settings),
  });
  try {
    const manifest = await readOwnManifest(store, settings);
    const slots = await readSlots(store);
    const key = openSessionKey(context, settings, store);
    const { bucket } = settings;
    return await work({ ports: { store, clock, random }, bucket, manifest, slots, key });
  } finally {
    store.close();
  }
}

/** This device's keys, sure to be those of the repository in the bucket. */
export async function ringOf({ key, ports, manifest }: KeyBench): Promise<KeyRing> {
  const ring = await key.ring();
  if (ring === undefined) throw notEncrypted();
  requireRingOf(ports.store, manifest, ring);
  return ring;
}

/**
 * To be called before slots are changed, and after new ones were written: the other devices may go
 * to another bucket meanwhile, and would never hear of them.
 * @throws SatchelError `attention` where they have, and as `ringOf`.
 */
export async function requireInUse(context: AppContext, bench: KeyBench): Promise<void> {
  const { store } = bench.ports;
  const ring = await ringOf(bench);
  const session = await openForReading(context);
  try {
    // This device itself may have followed since, in another process.
    if (session.settings.bucket !== bench.bucket) throw bucketLeft(store.name);
    session.key.use(ring);
    await requireNotLeft({ ...session.engine, store });
  } finally {
    await session.close();
  }
}

export function notEncrypted(): SatchelError {
  return new SatchelError('usage', 'The repository is not encrypted: it has no keys.', {
    hint: 'Only a new repository can be encrypted: "satchel init" with another prefix and home.',
  });
}
