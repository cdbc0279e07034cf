/**
 * What opens the repository and the bucket. Nothing here waits for a round: the slots are objects
 * of their own, and a device that lacks the key has no rounds.
 */
import type {
  addPassphraseRoute,
  bucketKeyRoute,
  changeBucketKeyRoute,
  keepRecoveryRoute,
  keysRoute,
  newRecoveryRoute,
  removeKeyRoute,
  unlockRoute,
} from '../../api/keys.ts';
import type { CheckedInputOf } from '../../api/route.ts';
import { bucketAccess } from '../../app/bucket-access.ts';
import { keptCredentials, renewStoreCredentials } from '../../app/bucket-credentials.ts';
import { requireNewPassphrase, requireOpener } from '../../app/key-proof.ts';
import { unlockHome } from '../../app/key-ring.ts';
import {
  addPassphrase as add,
  addRecoveryKey,
  listKeySlots,
  removeKeySlot,
  removeOtherRecovery,
} from '../../app/keys.ts';
import { recoveryKitOf } from '../../app/recovery-kit.ts';
import { SatchelError } from '../../base/errors.ts';
import type { Handler } from '../ports.ts';

const keys: Handler<typeof keysRoute> = (daemon, { home }) =>
  listKeySlots(daemon.host(home).session().context);

const addPassphrase: Handler<typeof addPassphraseRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const { context } = host.session();
  const { name, replace, present } = input;
  const passphrase = requireNewPassphrase(input.passphrase);
  await requireOpener(context, present);
  const answer = await add(context, { name, replace, ask: async () => passphrase });
  daemon.news.tell({ type: 'settings', home: host.id });
  return answer;
};

const removeKey: Handler<typeof removeKeyRoute> = async (daemon, { home, present, id }) => {
  const { context } = daemon.host(home).session();
  await requireOpener(context, present);
  return { removed: [await removeKeySlot(context, id)] };
};

const newRecovery: Handler<typeof newRecoveryRoute> = async (daemon, { home, present }) => {
  const { context } = daemon.host(home).session();
  await requireOpener(context, present);
  const made = await addRecoveryKey(context);
  return { ...made, kit: recoveryKitOf(context, made.recoveryKey) };
};

const keepRecovery: Handler<typeof keepRecoveryRoute> = async (daemon, { home, recoveryKey }) => ({
  removed: await removeOtherRecovery(daemon.host(home).session().context, recoveryKey),
});

const unlock: Handler<typeof unlockRoute> = async (daemon, { home, passphrase }) => {
  const host = daemon.host(home);
  const answer = await unlockHome(host.session().context, async () => passphrase);
  // A home that had no key at all is opened again now; a round takes the new ones up by itself.
  host.retry();
  daemon.news.tell({ type: 'settings', home: host.id });
  return answer;
};

const bucketKey: Handler<typeof bucketKeyRoute> = async (daemon, { home }) => {
  const session = daemon.host(home).session();
  return { ...(await bucketAccess(session)), keeps: keptCredentials(session.settings) };
};

const changeBucketKey: Handler<typeof changeBucketKeyRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  await renewStoreCredentials(host.session().context, credentialsOf(input));
  host.retry();
  daemon.news.tell({ type: 'settings', home: host.id });
  return {};
};

type Given = CheckedInputOf<typeof changeBucketKeyRoute>;
type Credentials = Parameters<typeof renewStoreCredentials>[1];

/** @throws SatchelError `usage` where a part is missing. */
function credentialsOf({ accessKeyId, secretAccessKey, password }: Given): Credentials {
  if (password) return { password };
  if (accessKeyId && secretAccessKey) return { accessKeys: { accessKeyId, secretAccessKey } };
  throw new SatchelError('usage', 'The credentials are incomplete.', {
    hint: 'Give both parts of an access key as the provider shows them, or a password.',
  });
}

export const keyHandlers = {
  keys,
  addPassphrase,
  removeKey,
  newRecovery,
  keepRecovery,
  unlock,
  bucketKey,
  changeBucketKey,
} as const;
