/** Setting up from the page: trying a bucket, making it, and this home with it. */
import type { AnswerOf, CheckedInputOf } from '../api/route.ts';
import type { BucketChoice, checkBucketRoute, joinLinkRoute, setUpRoute } from '../api/setup.ts';
import { SatchelError } from '../base/errors.ts';
import { acceptLink } from './accept-link.ts';
import { accessOf } from './bucket-choice.ts';
import type { AppContext } from './context.ts';
import type { Check } from './doctor/check.ts';
import { Stopped } from './doctor/stop.ts';
import { examineBucket } from './doctor.ts';
import { isSetUp, readSettings } from './home.ts';
import { requireNewPassphrase } from './key-proof.ts';
import { listHome } from './known-homes.ts';
import { recoveryKitText } from './recovery-kit.ts';
import { initRepository, joinRepository, type SetUpResult } from './setup.ts';
import { type ChosenBucket, createBucket, isBucketMissing, repositoryThere } from './wizard.ts';

type Tried = AnswerOf<typeof checkBucketRoute>;

/**
 * Examines a bucket, and looks whether it holds a repository.
 * @param signal ends it early, when nobody waits for it any more.
 * @throws SatchelError `usage` where the choice names no bucket.
 */
export async function tryBucket(
  app: AppContext,
  choice: BucketChoice,
  signal: AbortSignal,
): Promise<Tried> {
  const context = withoutTerminal(app);
  const access = accessOf(choice);
  const { bucket, credentials, insecureTls } = access;
  const checks: Check[] = [];
  const report = (check: Check): void => void checks.push(check);
  try {
    await examineBucket(context, { bucket, insecureTls, credentials, signal, report });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new SatchelError('usage', 'The trial was stopped.', { hint: 'Begin it anew.' });
  }
  const found = await findingOf(context, access, checks);
  return { bucket, checks: checks.map(shownCheck), ...found };
}

/** A hint to make a repository, or to join, is no news to whoever is about to. */
function shownCheck({ kind: _kind, hint, ...check }: Check): Tried['checks'][number] {
  const isNews = hint !== undefined && !(check.id === 'repository' && check.outcome === 'ok');
  return isNews ? { ...check, hint } : check;
}

async function findingOf(
  context: AppContext,
  access: ChosenBucket,
  checks: readonly Check[],
): Promise<Pick<Tried, 'holds' | 'encrypted'>> {
  if (checks.some(({ outcome }) => outcome === 'problem')) {
    const isMissing = await isBucketMissing(context, access);
    return { holds: isMissing ? 'missing' : 'unknown', encrypted: null };
  }
  const found = await repositoryThere(context, access);
  if (found === undefined) return { holds: 'none', encrypted: null };
  const { home } = context;
  const isOwn = isSetUp(home) && readSettings(home).repository === found.repository;
  return { holds: isOwn ? 'own' : 'repository', encrypted: found.encryption !== 'none' };
}

/** Makes the bucket. @returns its URL. @throws SatchelError where it cannot be made. */
export async function makeBucket(app: AppContext, choice: BucketChoice): Promise<string> {
  const access = accessOf(choice);
  await createBucket(withoutTerminal(app), access);
  return access.bucket;
}

/**
 * Makes a repository and this home its first device, or this home one more device of the one that
 * is there. What fails leaves the home as it was.
 */
export async function setUpByChoice(
  app: AppContext,
  wish: CheckedInputOf<typeof setUpRoute>,
): Promise<AnswerOf<typeof setUpRoute>> {
  const { device, passphrase, isEncrypted, join } = wish;
  const access = accessOf(wish);
  const { context, notices } = listening(app);
  const options = { ...access, deviceName: device };
  let made: SetUpResult;
  if (join) {
    const expectsEncryption = passphrase !== undefined;
    made = await joinRepository(context, options, async () => typed(passphrase), expectsEncryption);
  } else {
    const ask = isEncrypted ? async () => requireNewPassphrase(passphrase) : undefined;
    made = await initRepository(context, options, ask);
  }
  listHome(context, process.env);
  return { ...answerOf(made, notices), recovery: recoveryOf(made, context.clock.now()) };
}

/** Makes this home one more device by a link. */
export async function setUpByLink(
  app: AppContext,
  wish: CheckedInputOf<typeof joinLinkRoute>,
): Promise<AnswerOf<typeof joinLinkRoute>> {
  const { link, code, device, insecureTls } = wish;
  const { context, notices } = listening(app);
  const askCode = async (): Promise<string> => code;
  const options = { link, askCode, tries: 1, deviceName: device, insecureTls };
  const made = await acceptLink(context, options);
  listHome(context, process.env);
  return answerOf(made, notices);
}

/** Whoever uses the page does not see the terminal that the daemon was started in. */
function withoutTerminal(app: AppContext): AppContext {
  const { ask: _ask, ...context } = app;
  return context;
}

/** Notices are for the person at the page. */
function listening(app: AppContext) {
  const notices: string[] = [];
  const notice = (message: string): void => void notices.push(message);
  return { notices, context: { ...withoutTerminal(app), notice } };
}

function typed(passphrase: string | undefined): string {
  if (passphrase !== undefined && passphrase.trim() !== '') return passphrase;
  throw new SatchelError('usage', 'The passphrase is missing.', {
    hint: 'Type the passphrase of the repository, or its recovery key.',
  });
}

function recoveryOf({ bucket, repository, recoveryKey }: SetUpResult, madeAt: number) {
  if (recoveryKey === undefined) return null;
  return { recoveryKey, kit: recoveryKitText({ bucket, repository, recoveryKey, madeAt }) };
}

function answerOf(made: SetUpResult, notices: readonly string[]): AnswerOf<typeof joinLinkRoute> {
  const { repository, bucket, deviceName: device, encrypted, secrets } = made;
  return { repository, bucket, device, encrypted, secrets, notices };
}
