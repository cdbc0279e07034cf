/**
 * The life of two or three devices whose processes are killed from outside while they work, with
 * people who go on saving. Real processes, real folders, a real bucket. The seed decides what is
 * done and how much of it before each kill; where that finds a process, no seed can say.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BucketKind, TestBucket } from './buckets.ts';
import { type Editor, editOnce } from './crash-loop-edits.ts';
import { killEach, type Shot, shotWords, type Target } from './crash-loop-kill.ts';
import { createLedger } from './crash-loop-ledger.ts';
import {
  bringToRest,
  checkAtRest,
  filesBelow,
  type Rest,
  strayFiles,
  syncNow,
} from './crash-loop-rest.ts';
import type { Phase } from './crash-loop-trace.ts';
import { must } from './decide.ts';
import { createDice } from './dice.ts';
import { createSeededRandom } from './ports.ts';
import { createPlace, type Environment } from './satchel.ts';
import { clockShiftedBy } from './shifted-clock.ts';
import { assertSameTree, treeOf } from './trees.ts';

export interface CrashLifeOptions {
  readonly seed: number;
  /** Each ends at rest, with everything compared. */
  readonly batches: number;
  readonly kind: BucketKind;
  /** Leaves folders and bucket of a life that failed where they are. */
  readonly keep?: boolean;
}

export interface CrashLife extends Rest {
  readonly kind: BucketKind;
  readonly editors: readonly Editor[];
  readonly shots: Shot[];
  /** The last one is in use. */
  readonly buckets: TestBucket[];
  readonly isEncrypted: boolean;
  /** How far ahead of the real one the clocks of all devices are, in days. */
  day: number;
  /** True where somebody edited while Satchel was at work, since the last rest. */
  isDisturbed: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** What is rare in a life; one after the other, so that a few batches meet all of them. */
const RARE = ['prune', 'settings', 'verify', 'move'] as const;

/** What many processes come to, and leaves something half-done. */
const AIMED_PHASES: readonly Phase[] = ['replica', 'staging', 'hop', 'folder', 'head'];

/** @throws AssertionError with the whole story where anything is not as it should be. */
export async function liveCrashLife(options: CrashLifeOptions): Promise<readonly Shot[]> {
  const life = await makeLife(options);
  let isWell = false;
  try {
    await setUp(life);
    for (let batch = 0; batch < options.batches; batch += 1) {
      life.story.push(`batch ${batch + 1}, day ${life.day}`);
      await liveBatch(life, RARE[(options.seed + batch) % RARE.length] ?? 'verify');
      const isDecided = await bringToRest(life);
      await checkAtRest(life, !isDecided && !life.isDisturbed);
      life.isDisturbed = false;
    }
    await endLife(life);
    isWell = true;
    return life.shots;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const where = options.keep === true ? `\nkept in ${life.place.root}` : '';
    const story = life.story.join('\n');
    throw new assert.AssertionError({ message: `${reason}\n\n${story}${where}` });
  } finally {
    if (isWell || options.keep !== true) {
      for (const bucket of life.buckets) await bucket.empty();
      life.place.remove();
    }
  }
}

async function makeLife({ seed, kind }: CrashLifeOptions): Promise<CrashLife> {
  const place = createPlace();
  const dice = createDice(createSeededRandom(seed));
  const ledger = createLedger();
  const drafts = join(place.root, 'drafts');
  mkdirSync(drafts);
  let number = seed * 100_000;
  const next = (): number => {
    number += 1;
    return number;
  };
  const names = dice.chance(0.5) ? ['laptop', 'desktop'] : ['laptop', 'desktop', 'tablet'];
  const editors = names.map((device): Editor => {
    const folder = join(place.root, `${device}-files`);
    mkdirSync(folder);
    return { device, folder, drafts, dice, ledger, next };
  });
  const life: CrashLife = {
    place,
    kind,
    dice,
    ledger,
    editors,
    devices: editors.map(({ device, folder }) => ({ name: device, folder })),
    shots: [],
    story: [],
    buckets: [await kind.make(place.root)],
    isEncrypted: dice.chance(0.5),
    day: 0,
    isDisturbed: false,
    run: (device, args) => place.run(device, args, environment(life)),
  };
  return life;
}

/** The folders hold files before they meet. */
async function setUp(life: CrashLife): Promise<void> {
  const [first, ...others] = life.editors;
  assert.ok(first !== undefined);
  for (const editor of life.editors) edit(life, editor, 8);
  const { url } = bucketOf(life);
  const encryption = life.isEncrypted ? [] : ['--no-encryption'];
  await must(life, first.device, 'init', url, '--device', first.device, ...encryption);
  await must(life, first.device, 'add', 'vault', first.folder, '--name', 'Notes');
  // No first sync takes place undisturbed.
  await shoot(life, [target(life, first.device, ['sync'])]);
  await must(life, first.device, 'sync');
  for (const { device, folder } of others) {
    await must(life, device, 'join', url, '--device', device);
    await must(life, device, 'attach', 'Notes', folder);
    await shoot(life, [target(life, device, ['sync'])]);
  }
}

async function liveBatch(life: CrashLife, rare: (typeof RARE)[number]): Promise<void> {
  const { dice, editors } = life;
  for (const editor of editors) edit(life, editor, dice.below(6));
  await killSync(life);
  if (dice.chance(0.5)) await killSync(life);
  else await killWatches(life);
  await killRare(life, rare);
}

/** One device, or several at once; often there is something to bring to them. */
async function killSync(life: CrashLife): Promise<void> {
  const { dice, editors } = life;
  if (dice.chance(0.6)) await syncNow(life, dice.pick(life.devices));
  const hit = dice.chance(0.4) ? editors : [dice.pick(editors)];
  const targets = hit.map(({ device }) => target(life, device, ['sync']));
  const isBusy = dice.chance(0.4);
  await shoot(life, targets, isBusy ? () => editWhileRunning(life) : undefined);
  for (const editor of editors) if (dice.chance(0.3)) edit(life, editor, 1);
}

async function killWatches(life: CrashLife): Promise<void> {
  const targets = life.editors.map(({ device }) => target(life, device, ['watch']));
  await shoot(life, targets, () => editWhileRunning(life));
}

async function killRare(life: CrashLife, rare: (typeof RARE)[number]): Promise<void> {
  const { dice } = life;
  const { device } = dice.pick(life.editors);
  if (rare === 'move') return await killMove(life, device);
  const args = rare === 'settings' ? settingOf(life) : [rare];
  await shoot(life, [target(life, device, args, rare === 'settings' ? SHORT : LONG)]);
  // The time goes on, but not as far as history is thinned out: all that was saved stays owed.
  if (life.kind.name === 'a folder' && life.day < 60) life.day += dice.below(9);
}

/** Shared ones go to the list of collections, those of a device to a file of its home. */
function settingOf({ dice }: CrashLife): readonly string[] {
  if (dice.chance(0.5)) return ['settings', 'transfers', String(1 + dice.below(16))];
  const name = dice.pick(['history.all', 'history.daily']);
  return ['settings', 'Notes', name, `${80 + dice.below(100)}d`];
}

/** Whoever is stopped goes on there, by the same command. */
async function killMove(life: CrashLife, device: string): Promise<void> {
  const bucket = await life.kind.make(join(life.place.root, `moved-${life.buckets.length}`));
  const move = ['move', bucket.url];
  await shoot(life, [target(life, device, move)]);
  const again = await life.run(device, move);
  life.story.push(`  move on ${device} again: ${again.exitCode} ${again.err.trim()}`);
  life.buckets.push(bucket);
  const isThere = again.exitCode === 0 || /is there already/.test(again.err);
  assert.ok(isThere, `move: ${again.err}`);
}

function edit({ story }: CrashLife, editor: Editor, times: number): void {
  for (let count = 0; count < times; count += 1) {
    story.push(`  ${editor.device} ${editOnce(editor)}`);
  }
}

async function editWhileRunning(life: CrashLife): Promise<void> {
  life.isDisturbed = true;
  edit(life, life.dice.pick(life.editors), 1);
  await pause(20 + life.dice.below(150));
}

async function shoot(
  life: CrashLife,
  targets: readonly Target[],
  meanwhile?: () => Promise<void>,
): Promise<void> {
  const together = life.dice.chance(0.5);
  const options = meanwhile === undefined ? { together } : { together, meanwhile };
  const shots = await killEach(life.place, targets, options);
  life.shots.push(...shots);
  for (const shot of shots) {
    life.story.push(`  ${shotWords(shot)}`);
    // An error of its own is no business of a kill; what a round leaves for a person is.
    const { exitCode, err } = shot.ran;
    const isFine = exitCode === null || exitCode === 0 || exitCode === 3 || exitCode === 4;
    assert.ok(isFine, `${shot.command} on ${shot.device}: ${exitCode} ${err}`);
  }
}

/** How many records a command may get to, at most, before it is killed. */
const SHORT: readonly number[] = [4, 8, 16];
const LONG: readonly number[] = [30, 120, 500];

/** Half of them aim at one phase, so that those that pass quickly are met as well. */
function target(
  life: CrashLife,
  device: string,
  args: readonly string[],
  most: readonly number[] = LONG,
): Target {
  const { dice } = life;
  const phase = most === LONG && dice.chance(0.5) ? dice.pick(AIMED_PHASES) : undefined;
  const records = 1 + dice.below(phase === undefined ? dice.pick(most) : 12);
  const thenMs = dice.below(dice.pick([1, 4, 25]));
  return { device, args, env: environment(life), aim: { phase, records, thenMs } };
}

function environment(life: CrashLife): Environment {
  const { env } = bucketOf(life);
  return life.day === 0 ? env : { ...env, ...clockShiftedBy(life.day * DAY_MS) };
}

function bucketOf({ buckets }: CrashLife): TestBucket {
  const bucket = buckets.at(-1);
  assert.ok(bucket !== undefined);
  return bucket;
}

/** A new device gets the same, and what dead processes left in the bucket goes. */
async function endLife(life: CrashLife): Promise<void> {
  const [first] = life.editors;
  assert.ok(first !== undefined);
  const bucket = bucketOf(life);
  const fresh = join(life.place.root, 'fresh-files');
  await must(life, 'fresh', 'join', bucket.url, '--device', 'fresh');
  await must(life, 'fresh', 'attach', 'Notes', fresh);
  await must(life, 'fresh', 'sync');
  const expected = treeOf(first.folder, { mtimes: false });
  assertSameTree(treeOf(fresh, { mtimes: false }), expected, 'a new device gets something else');
  if (life.kind.name !== 'a folder') return;
  life.day += 2;
  for (const { name } of life.devices) await must(life, name, 'sync');
  assert.deepEqual(filesBelow(join(bucket.url, '.satchel-tmp')), [], 'temporary objects stay');
  for (const { name } of life.devices) {
    assert.deepEqual(
      strayFiles(join(life.place.root, name)),
      [],
      `left over in the home of ${name}`,
    );
  }
}
