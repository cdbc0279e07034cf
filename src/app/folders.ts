/** Folders that become the place of a collection on this device. */
import { existsSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { messageOf, SatchelError, systemCode } from '../base/errors.ts';
import { parseBucketUrl } from '../store/url.ts';
import { isSetUp, replicaPath } from './home.ts';
import type { Session } from './session.ts';

/**
 * The path of an existing folder, symlinks resolved.
 * @throws SatchelError `usage` where there is none.
 */
export async function requireFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new SatchelError('internal', `Cannot look at ${path}: ${messageOf(error)}.`);
  });
  if (found?.isDirectory() === true) return await realpath(path);
  throw new SatchelError(
    'usage',
    found === undefined ? `There is no folder ${path}.` : `${path} is not a folder.`,
    { hint: 'Name an existing folder.' },
  );
}

/** The path with symlinks resolved, or as it is where nothing is there. */
export async function realPathOf(folder: string): Promise<string> {
  return await realpath(folder).catch(() => resolve(folder));
}

/** As `requireFolder`, for a folder that is created where it is missing. */
export async function makeFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new SatchelError('internal', `Cannot create ${path}: ${messageOf(error)}.`, {
      hint: 'Choose another folder.',
    });
  }
  return await requireFolder(path);
}

/**
 * Refuses a folder that contains, or lies in, what Satchel itself writes: this home, which holds
 * the key, or a bucket on this machine, which would carry itself.
 * @param folder may not exist yet.
 * @throws SatchelError `usage`.
 */
export async function refuseSatchelsOwn(session: Session, folder: string): Promise<void> {
  const { context, settings } = session;
  const bucket = parseBucketUrl(settings.bucket);
  const places = [{ words: 'the home of this Satchel', path: context.home }];
  if (bucket.kind === 'file') places.push({ words: 'the bucket', path: bucket.root });
  const wanted = await realpathOfNew(folder);
  const another = homeAround(wanted);
  if (another !== undefined) places.push({ words: 'a home of Satchel', path: another });
  for (const { words, path } of places) {
    const place = await realpathOfNew(path);
    const isIn = isWithin(wanted, place);
    if (!isIn && !isWithin(place, wanted)) continue;
    throw new SatchelError(
      'usage',
      isIn ? `${folder} lies in ${words}, ${path}.` : `${folder} contains ${words}, ${path}.`,
      { hint: 'Choose a folder apart from it: Satchel would carry what it writes itself.' },
    );
  }
}

/** The nearest home, of this Satchel or another, that is the folder or contains it. */
function homeAround(path: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    if (isSetUp(at) && existsSync(replicaPath(at))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** True where one of two paths lies in the other, or both are the same. Neither has to exist. */
export async function isNested(a: string, b: string): Promise<boolean> {
  const [first, second] = [await realpathOfNew(a), await realpathOfNew(b)];
  return isWithin(first, second) || isWithin(second, first);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

/** The real path that a path has, or would have once it is created. */
async function realpathOfNew(path: string): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => undefined);
  if (real !== undefined || whole === dirname(whole)) return real ?? whole;
  return join(await realpathOfNew(dirname(whole)), basename(whole));
}
