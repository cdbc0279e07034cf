/**
 * The examination of a bucket: how to reach it, what it permits, whether it keeps what is written,
 * and whether it is set up so that it goes on doing so. What the doctor writes, it removes again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrorKind } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import { openBucketProbe } from '../store/bucket-probe.ts';
import type { BucketProbe, BucketSettingsSeen } from '../store/bucket-probe-seen.ts';
import type { BucketSettings, S3Bucket } from '../store/bucket-settings.ts';
import type { ObjectStore } from '../store/store.ts';
import type { AppContext } from './context.ts';
import { attempt } from './doctor/bench.ts';
import { examineLargeBody, examineOverwrites } from './doctor/bodies.ts';
import { isLocked, keepsVersions, settingsChecks } from './doctor/bucket-settings.ts';
import { type Check, failed, unknown, warning } from './doctor/check.ts';
import { clockCheck } from './doctor/clock.ts';
import {
  folderChecks,
  missingFolders,
  modifiedAtMs,
  readFolderFacts,
  removeEmptyFolders,
} from './doctor/folder.ts';
import { insecureCheck, reach, reachedCheck } from './doctor/reach.ts';
import { repositoryCheck } from './doctor/repository.ts';
import { examineRights, type Rights } from './doctor/rights.ts';
import { DOCTOR_PREFIX, Scratch } from './doctor/scratch.ts';
import { stoppableStore } from './doctor/stop.ts';
import { chooseTarget, type Target, type TargetOptions } from './doctor/target.ts';
import { openStore } from './store.ts';

export interface ExamineOptions extends TargetOptions {
  /** Ends the examination early: what was written is removed, then `Stopped` is thrown. */
  readonly signal: AbortSignal;
  /** Told each finding as it is made. */
  report(check: Check): void;
}

interface Examination {
  readonly context: AppContext;
  readonly target: Target;
  /** Throws `Stopped` once a person has stopped the examination. */
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly probe: BucketProbe | undefined;
  report(check: Check): void;
}

const RIGHTS: Readonly<Record<BucketSettings['kind'], Rights>> = {
  s3: {
    put: 's3:PutObject',
    get: 's3:GetObject',
    list: 's3:ListBucket',
    delete: 's3:DeleteObject',
  },
  dav: { put: 'PUT', get: 'GET', list: 'PROPFIND', delete: 'DELETE' },
  file: {},
};

/** The checks that write more than a few bytes. */
const BODY_CHECKS = ['read-after-overwrite', 'tags', 'conditional-get', 'round-trip'] as const;
/** What writing into a folder makes there, which goes again if it was not there before. */
const OWN_FOLDERS = ['doctor', '.satchel-tmp'] as const;

/**
 * Examines a bucket; what is wrong with it is reported, not thrown.
 * @throws SatchelError `usage` for a bucket that cannot be named so, or where none is named and the
 *   home is not set up.
 */
export async function examineBucket(context: AppContext, options: ExamineOptions): Promise<void> {
  const { signal, report } = options;
  const target = chooseTarget(context, options);
  const { settings, insecureTls, credentials } = target;
  const { store } = openStore(target.url, {
    clock: context.clock,
    random: context.random,
    insecureTls,
    credentials,
  });
  const probe = settings.kind === 's3' ? await openProbe(settings, target) : undefined;
  const stoppable = stoppableStore(store, signal);
  const clock: Clock = {
    now: () => context.clock.now(),
    monotonicMs: () => context.clock.monotonicMs(),
    sleep: (delayMs) => context.clock.sleep(delayMs, signal),
  };
  const examination = { context, target, store: stoppable, clock, probe, report };
  try {
    if (!(await examineAccess(examination))) return;
    await examineObjects(examination, store, await examineSurroundings(examination));
  } finally {
    probe?.close();
    store.close();
  }
}

async function openProbe(bucket: S3Bucket, target: Target): Promise<BucketProbe> {
  const { insecureTls, credentials } = target;
  const { accessKeys } = await credentials();
  // Certificates that cannot be read are told by the store, which needs them as well.
  const ca =
    bucket.caFile === undefined
      ? undefined
      : await readFile(bucket.caFile, 'utf8').catch(() => undefined);
  return await openBucketProbe(bucket, {
    insecureTls,
    ...(accessKeys === undefined ? {} : { accessKeys }),
    ...(ca === undefined ? {} : { ca }),
  });
}

/** False where the bucket cannot be spoken to, so that there is nothing else to examine. */
async function examineAccess({
  target,
  store,
  clock,
  probe,
  report,
}: Examination): Promise<boolean> {
  const { settings } = target;
  const url = settings.kind === 'file' ? undefined : await serverUrl(settings, probe);
  const way = url === undefined ? undefined : await attempt(() => reach(url, clock));
  if (way?.kind === 'done') {
    report(reachedCheck(way.value));
    const insecure = target.insecureTls && url !== undefined ? insecureCheck(url) : undefined;
    if (insecure !== undefined) report(insecure);
    report(clockCheck(way.value.aheadMs, settings.kind === 's3'));
  }
  const found = await attempt(() => repositoryCheck(store, target.expected));
  if (found.kind === 'done') {
    // The bucket answers the store, so the way is there, whatever stopped the first look.
    if (way?.kind === 'failed') report(unknown('reach', way.error.message, way.error.hint));
    report(found.value);
    return true;
  }
  const { error } = found;
  if (isErrorKind(error, 'refused')) {
    // Refused in the same words whatever is asked: it is not this right that is missing.
    const second = await attempt(() => store.list(DOCTOR_PREFIX));
    if (second.kind === 'done' || second.error.message !== error.message) {
      report(
        unknown('repository', `Whether there is a repository cannot be seen: ${error.message}`),
      );
      return true;
    }
  }
  report(failed(way?.kind === 'failed' ? 'reach' : 'access', error));
  return false;
}

async function serverUrl(
  settings: Exclude<BucketSettings, { kind: 'file' }>,
  probe: BucketProbe | undefined,
): Promise<URL | undefined> {
  if (settings.kind === 's3') return await probe?.serverUrl();
  return new URL(`${settings.secure ? 'https' : 'http'}://${settings.host}/`);
}

/** What the rest of the examination goes by. */
interface Surroundings {
  /** How the bucket is set up, where it is one of S3. */
  readonly seen: BucketSettingsSeen | undefined;
  /** Whether a folder is on a disk of another computer, which has a clock of its own. */
  readonly isRemoteDisk: boolean;
}

async function examineSurroundings({ target, probe, report }: Examination): Promise<Surroundings> {
  const { settings } = target;
  if (settings.kind === 'file') {
    const facts = await readFolderFacts(settings.root);
    for (const check of folderChecks(facts)) report(check);
    return { seen: undefined, isRemoteDisk: facts.network !== undefined };
  }
  const seen = settings.kind === 's3' ? await probe?.settings() : undefined;
  if (settings.kind === 's3' && seen !== undefined) {
    for (const check of settingsChecks(seen, basePrefix(settings))) report(check);
  }
  return { seen, isRemoteDisk: false };
}

/** @param unstopped the store without the stop, for removing what was written. */
async function examineObjects(
  examination: Examination,
  unstopped: ObjectStore,
  { seen, isRemoteDisk }: Surroundings,
): Promise<void> {
  const { context, target, store, clock, report } = examination;
  const { settings } = target;
  const { random } = context;
  const scratch = new Scratch({ store, clock, random });
  const root = settings.kind === 'file' ? settings.root : undefined;
  const missing = root === undefined ? [] : await missingFolders(root, OWN_FOLDERS);
  const bench = { store, scratch, clock, random, report };
  const afterWrite = async (key: string): Promise<void> => {
    if (root === undefined || !isRemoteDisk) return;
    const timeMs = await modifiedAtMs(join(root, key));
    report(clockCheck(timeMs === undefined ? undefined : timeMs - clock.now(), false));
  };
  try {
    const held = await examineRights(bench, RIGHTS[settings.kind], afterWrite);
    if (!held.put || !held.get) return;
    if (!held.delete) {
      const why = 'Not tried, since what is written there cannot be removed.';
      for (const id of BODY_CHECKS) report(unknown(id, why));
      return;
    }
    await examineOverwrites(bench);
    if (seen === undefined || !isLocked(seen)) await examineLargeBody(bench);
    else report(unknown('round-trip', 'Not tried, since object lock would keep the 5 MiB.'));
  } finally {
    await cleanUp(examination, scratch, unstopped, seen);
    if (root !== undefined) await removeEmptyFolders(root, missing);
  }
}

async function cleanUp(
  { probe, report }: Examination,
  scratch: Scratch,
  store: ObjectStore,
  seen: BucketSettingsSeen | undefined,
): Promise<void> {
  const left = await scratch.sweep(store);
  if (left.length > 0) {
    const message = `The doctor could not remove what it wrote: ${left.join(', ')}.`;
    report(warning('cleanup', message, 'Remove it with the tools of the service.'));
  }
  if (seen === undefined || !keepsVersions(seen)) return;
  if (await probe?.removeVersions(scratch.prefix)) return;
  const message =
    'Old versions of what the doctor wrote (about 5 MiB) stay: versioning keeps them.';
  report(
    warning('cleanup', message, `They are below ${DOCTOR_PREFIX}, for whoever may remove them.`),
  );
}

function basePrefix({ prefix }: S3Bucket): string {
  return prefix === '' ? '' : `${prefix}/`;
}
