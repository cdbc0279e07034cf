/**
 * A tour of Satchel that does the real thing and ends by itself: two devices and a bucket, in a
 * temporary folder, with the program that a person runs.
 *
 *   npm run tour                                   with notes of its own
 *   npm run tour -- ~/Notes                        with a copy of a folder; the original is only read
 *   npm run tour -- --bucket s3://bucket/prefix    in a bucket, under a fresh prefix that goes again
 *
 * It checks what it claims: whenever it says that the folders are equal, it has compared them byte
 * for byte, and a difference ends it with an error.
 */
import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isErrorKind, messageOf, SatchelError } from '../src/base/errors.ts';
import { formatCount, formatSize } from '../src/cli/format.ts';
import { chooseBucket, type TourBucket } from './tour/bucket.ts';
import { type Device, Runner } from './tour/device.ts';
import { contentsOf, copyCarried } from './tour/folders.ts';
import { writeSample } from './tour/sample.ts';
import { tellStory } from './tour/story.ts';

const USAGE = `Usage: npm run tour [-- [<folder>] [--bucket <url>]]

  <folder>        show the tour on a copy of this folder (default: notes of its own)
  --bucket <url>  use this bucket, under a fresh prefix (default: a temporary folder)`;

const USAGE_EXIT_CODE = 2;
const INTERRUPTED_EXIT_CODE = 130;

interface Wishes {
  /** Absolute, links resolved; undefined for the sample. */
  readonly folder: string | undefined;
  readonly bucket: string | undefined;
}

class UsageError extends Error {}

async function readWishes(args: readonly string[]): Promise<Wishes | 'help'> {
  let parsed: ReturnType<typeof parseTourArgs>;
  try {
    parsed = parseTourArgs(args);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  const [folder, ...others] = positionals;
  if (others.length > 0) throw new UsageError('only one folder can be given');
  if (folder === undefined) return { folder: undefined, bucket: values.bucket };
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new UsageError(`there is no folder ${resolve(folder)}`);
  return { folder: await realpath(folder), bucket: values.bucket };
}

function parseTourArgs(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { bucket: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
}

async function takeTour(wishes: Wishes, signal: AbortSignal): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'satchel-tour-'));
  let bucket: TourBucket | undefined;
  try {
    bucket = await chooseBucket(wishes.bucket, temporary);
    signal.throwIfAborted();
    const [laptop, desktop] = [deviceIn(temporary, 'laptop'), deviceIn(temporary, 'desktop')];
    for (const { folder } of [laptop, desktop]) await mkdir(folder, { recursive: true });
    const base = await fillFolder(laptop.folder, wishes.folder);
    console.log(`Two devices, "laptop" and "desktop", and the bucket ${bucket.url}`);
    console.log(`are set up in ${temporary} for the time of this tour.`);
    const runner = new Runner(signal);
    await tellStory({ runner, bucketUrl: bucket.url, laptop, desktop, base });
  } finally {
    await removeAll(temporary, bucket);
  }
}

/** Two places, and the second goes even where the first does not. */
async function removeAll(temporary: string, bucket: TourBucket | undefined): Promise<void> {
  try {
    await bucket?.remove();
    if (bucket !== undefined) console.log('\nEverything the tour made is removed again.');
  } catch (error) {
    console.error(`error: ${bucket?.url} could not be emptied: ${messageOf(error)}`);
    process.exitCode = 1;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function deviceIn(temporary: string, name: string): Device {
  const place = join(temporary, name);
  return { name, home: join(place, 'home'), folder: join(place, 'Notes') };
}

/** Returns where the sample is in the folder. */
async function fillFolder(folder: string, original: string | undefined): Promise<string> {
  if (original === undefined) {
    await writeSample(folder);
    return '';
  }
  const leftOut = await copyCarried(original, folder);
  const { files, bytes } = await contentsOf(folder);
  console.log(`Copied ${formatCount(files, 'file')} (${formatSize(bytes)}) from ${original};`);
  console.log(`${formatCount(leftOut, 'entry', 'entries')} that Satchel leaves out stayed behind.`);
  const base = 'Satchel tour';
  if ((await contentsOf(folder)).entries.has(base)) {
    throw new UsageError(`${original} has something called "${base}", which the tour would add`);
  }
  await mkdir(join(folder, base));
  await writeSample(join(folder, base));
  return `${base}/`;
}

async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort());
  }
  try {
    const wishes = await readWishes(process.argv.slice(2));
    if (wishes === 'help') console.log(USAGE);
    else await takeTour(wishes, interruption.signal);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED_EXIT_CODE;
    console.error(`error: ${messageOf(error)}`);
    if (error instanceof SatchelError && error.hint !== undefined) {
      console.error(`hint: ${error.hint}`);
    }
    if (error instanceof UsageError) console.error(`\n${USAGE}`);
    const isUsage = error instanceof UsageError || isErrorKind(error, 'usage');
    return isUsage ? USAGE_EXIT_CODE : 1;
  }
}

const exitCode = await main();
if (exitCode !== 0) process.exitCode = exitCode;
