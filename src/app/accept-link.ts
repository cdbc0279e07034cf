/** Linking a further device, on the side of the one that is to be set up. */
import { isErrorKind, SatchelError } from '../base/errors.ts';
import { formatTime } from '../base/time.ts';
import {
  decodeLinkObject,
  isLinkText,
  LINK_OBJECT_MAX_BYTES,
  type LinkTarget,
  type OpenedLink,
  openLink,
  openLinkObject,
  parseLink,
  type SealedLink,
} from '../format/link.ts';
import { parseLinkCode } from '../format/link-code.ts';
import { linkKey } from '../format/object-keys.ts';
import type { StoreCredentials } from '../store/credentials.ts';
import type { ObjectStore } from '../store/store.ts';
import { formatBucketUrl, parseBucketUrl } from '../store/url.ts';
import { isRingOf, readManifest } from '../sync/repository.ts';
import type { AppContext } from './context.ts';
import { correctedClock } from './corrected-clock.ts';
import { portableBucket } from './portable-bucket.ts';
import {
  type Made,
  noRepository,
  refuseSetUpHome,
  type SetUpOptions,
  type SetUpResult,
  setUp,
} from './setup.ts';
import { type OpenStoreOptions, openStore } from './store.ts';

export interface AcceptOptions extends Omit<SetUpOptions, 'bucket'> {
  readonly link: string;
  /** Asked again after a wrong code, as often as `tries` says. */
  readonly askCode: () => Promise<string>;
  readonly tries: number;
}

/** After the first wrong code; it doubles with each. Stretching the code takes its time besides. */
const WRONG_CODE_PAUSE_MS = 1000;

const MAKE_A_NEW_ONE = 'Make a new one on the other device: on its page, or with "satchel link".';

/**
 * Makes this home one more device of the repository that a link leads to. The link is used up
 * before anything of it is kept here: should this device stop in between, it takes a new one.
 * @throws SatchelError `usage` for a text that is no whole link, `refused` for a wrong code and for
 *   a link that was used, taken back or has died; nothing is changed on this device then.
 */
export async function acceptLink(
  context: AppContext,
  options: AcceptOptions,
): Promise<SetUpResult> {
  refuseSetUpHome(context.home);
  const opened = await openWithCode(context, readLink(options.link), options);
  const { target } = opened;
  const carried = carriedCredentials(target);
  const { credentials = carried } = options;
  const setUpOptions: SetUpOptions = {
    ...options,
    // A profile or a file of another machine is none of this one.
    bucket: formatBucketUrl(portableBucket(parseBucketUrl(target.bucket))),
    ...(credentials === undefined ? {} : { credentials }),
  };
  return await setUp(context, setUpOptions, (bucket, how) => useLink(context, opened, bucket, how));
}

/** True for what is meant as a link, whole or not, and so is no bucket URL. */
export function isLink(text: string): boolean {
  return isLinkText(text);
}

function readLink(text: string): SealedLink {
  const parsed = parseLink(text);
  switch (parsed.kind) {
    case 'link':
      return parsed.link;
    case 'newer':
      throw new SatchelError('usage', 'The link is of a newer Satchel.', {
        hint: 'Install the newest Satchel here.',
      });
    case 'none':
    case 'damaged':
      throw new SatchelError('usage', 'This is no whole link: a part is missing, or is changed.', {
        hint: 'Copy it again, from "satchel:" to its end.',
      });
  }
}

async function openWithCode(
  { clock, notice }: AppContext,
  link: SealedLink,
  { askCode, tries }: AcceptOptions,
): Promise<OpenedLink> {
  for (let attempt = 1; ; attempt += 1) {
    const code = parseLinkCode(await askCode());
    const opened = code === undefined ? undefined : await openLink(link, code);
    if (opened !== undefined) return opened;
    if (code !== undefined) await clock.sleep(WRONG_CODE_PAUSE_MS * 2 ** (attempt - 1));
    const error = code === undefined ? noCode() : wrongCode();
    if (attempt >= tries) throw error;
    notice(`${error.message} ${error.hint}`);
  }
}

function carriedCredentials({ keys, password }: LinkTarget): StoreCredentials | undefined {
  if (password !== undefined) return { password };
  if (keys === undefined) return undefined;
  const [accessKeyId, secretAccessKey] = keys;
  return { accessKeys: { accessKeyId, secretAccessKey } };
}

/** Opens the repository with the key that the link's object holds, and takes the object away. */
async function useLink(
  context: AppContext,
  opened: OpenedLink,
  bucket: string,
  how: OpenStoreOptions,
): Promise<Made> {
  const { id, target } = opened;
  const clock = correctedClock(how.clock, 0, () => undefined);
  const onServerDate = (dateMs: number): void => clock.noteServerDate(dateMs);
  const { store } = openStore(bucket, { ...how, onServerDate });
  try {
    const manifest = await readManifest(store);
    if (manifest === undefined) throw noRepository(bucket);
    const { repository, encryption } = manifest;
    const isOpen = target.open === true;
    if (repository !== target.repository || (encryption === 'none') !== isOpen) {
      throw otherRepository(store.name);
    }
    const found = await store.get(linkKey(id), { maxBytes: LINK_OBJECT_MAX_BYTES });
    if (clock.serverNow() >= target.until) {
      if (found.kind === 'found') await takeAway(context, store, target, id);
      throw died(target.until);
    }
    if (found.kind !== 'found') throw gone();
    const ring = openLinkObject(opened, decodeLinkObject(id, found.body));
    const isRight = ring !== undefined && (isOpen ? ring.length === 0 : isRingOf(manifest, ring));
    if (!isRight) throw altered(store.name);
    await takeAway(context, store, target, id);
    return { repository, encryption, ring: isOpen ? undefined : ring, recoveryKey: undefined };
  } finally {
    store.close();
  }
}

/** Access that may write and not delete is no reason to stay out. */
async function takeAway(
  { notice }: AppContext,
  store: ObjectStore,
  { until }: LinkTarget,
  id: string,
): Promise<void> {
  try {
    await store.delete(linkKey(id));
  } catch (error) {
    if (!isErrorKind(error, 'refused')) throw error;
    notice(
      `The link could not be taken out of the bucket: ${error.message} With its code it goes on ` +
        `working until ${formatTime(until)}.`,
    );
  }
}

function noCode(): SatchelError {
  return new SatchelError('usage', 'A code has eight letters and digits.', {
    hint: 'It is shown beside the link on the other device.',
  });
}

function wrongCode(): SatchelError {
  return new SatchelError('refused', 'The code is wrong.', {
    hint: 'Type the eight characters that the other device shows beside this very link.',
  });
}

function died(untilMs: number): SatchelError {
  const message = `The link died at ${formatTime(untilMs)}: links work for 15 minutes.`;
  return new SatchelError('refused', message, { hint: MAKE_A_NEW_ONE });
}

function gone(): SatchelError {
  return new SatchelError('refused', 'The link was used before, or taken back.', {
    hint:
      `${MAKE_A_NEW_ONE} If it was used and not by you, somebody else has got in: ` +
      '"satchel devices" there shows who, and "satchel devices remove --lost" shuts them out.',
  });
}

function otherRepository(name: string): SatchelError {
  return new SatchelError('refused', `${name} holds another repository than the link tells of.`, {
    hint: `Nothing was changed. ${MAKE_A_NEW_ONE} If it happens again, look at who can write to the bucket.`,
  });
}

function altered(name: string): SatchelError {
  return new SatchelError(
    'damaged',
    `What ${name} holds for this link is not what was made with it.`,
    {
      hint: `${MAKE_A_NEW_ONE} If it happens again, look at who can write to the bucket.`,
    },
  );
}
