/**
 * A random life of two devices whose Satchel is killed again and again: real processes, real
 * folders and a real bucket. One seed decides everything but how two processes interleave.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SyncResult } from '../../src/api/status.ts';
import { type BucketKind, directoryBucket, type TestBucket } from './buckets.ts';
import { type Deciding, decideHeld, isQuiet, must, settleConflicts } from './decide.ts';
import { createDice } from './dice.ts';
import { missing, type Owed, owe } from './owed.ts';
import { createSeededRandom } from './ports.ts';
import { createPlace, type Place, type Ran } from './satchel.ts';
import { assertSameTree, treeOf } from './trees.ts';
import { editFolder, type Person } from './wild-edits.ts';

const KILL_POINT = import.meta.resolve('./kill-point.ts');

/** What makes Satchel kill itself at its n-th moment; see kill-point.ts. */
export function killedAt(moment: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${KILL_POINT}`, SATCHEL_TEST_KILL_AT: `${moment}` };
}

/** True where the process was killed, and did not end by itself before. */
export function wasKilled(ran: Ran): boolean {
  return ran.exitCode === null;
}

interface Life extends Deciding {
  readonly place: Place;
  readonly bucket: TestBucket;
  readonly people: readonly Person[];
  readonly owed: Owed;
}

/** @throws AssertionError with the whole story where a device differs or something is lost. */
export async function liveKilledLife(
  seed: number,
  rounds: number,
  kind: BucketKind = directoryBucket,
): Promise<void> {
  const place = createPlace();
  const bucket = await kind.make(place.root);
  const dice = createDice(createSeededRandom(seed));
  let number = seed * 100_000;
  const next = (): number => {
    number += 1;
    return number;
  };
  const people = ['laptop', 'desktop'].map((name): Person => {
    const folder = join(place.root, `${name}-files`);
    mkdirSync(folder);
    return { name, folder, dice, next };
  });
  const run = (device: string, args: readonly string[]): Promise<Ran> =>
    place.run(device, args, bucket.env);
  const life: Life = { place, bucket, dice, people, owed: new Map(), story: [], run };
  try {
    await begin(life);
    for (let round = 1; round <= rounds; round += 1) {
      life.story.push(`round ${round}`);
      await liveRound(life);
    }
    await end(life);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new assert.AssertionError({ message: `${reason}\n\n${life.story.join('\n')}` });
  } finally {
    await bucket.empty();
    place.remove();
  }
}

/** Both folders hold files before they meet: the normal beginning. */
async function begin(life: Life): Promise<void> {
  const [first, second] = life.people;
  assert.ok(first !== undefined && second !== undefined);
  for (const person of life.people) {
    for (let count = 0; count < 6; count += 1) edit(life, person);
  }
  await must(life, first.name, 'init', life.bucket.url, '--device', first.name);
  await must(life, first.name, 'add', 'vault', first.folder, '--name', 'Notes');
  await killedSync(life, first);
  await must(life, first.name, 'sync');
  await must(life, second.name, 'join', life.bucket.url, '--device', second.name);
  await must(life, second.name, 'attach', 'Notes', second.folder);
}

async function liveRound(life: Life): Promise<void> {
  const { dice, people } = life;
  for (const person of people) {
    for (let count = dice.below(5); count > 0; count -= 1) edit(life, person);
  }
  for (let count = 1 + dice.below(3); count > 0; count -= 1) {
    const person = dice.pick(people);
    await killedSync(life, person);
    if (dice.chance(0.3)) edit(life, person);
  }
  await settle(life);
}

function edit({ story }: Life, person: Person): void {
  story.push(`  ${person.name} ${editFolder(person)}`);
}

/** Sometimes early, where little is done yet, and sometimes late. */
async function killedSync(life: Life, { name }: Person): Promise<void> {
  const { dice, place, bucket, story } = life;
  if (dice.chance(0.2)) {
    const delayMs = 60 + dice.below(300);
    const running = place.start(name, ['sync'], bucket.env);
    setTimeout(() => running.process.kill('SIGKILL'), delayMs);
    story.push(`  sync on ${name}, killed after ${delayMs} ms: ${words(await running.ended)}`);
    return;
  }
  const moment = 1 + dice.below(dice.pick([20, 80, 300]));
  const ran = await place.run(name, ['sync'], { ...bucket.env, ...killedAt(moment) });
  story.push(`  sync on ${name}, killed at moment ${moment}: ${words(ran)}`);
}

function words(ran: Ran): string {
  return wasKilled(ran) ? 'killed' : `ended before, ${ran.exitCode} ${ran.out.trim()}`;
}

/** Who decides may bring about what somebody else has to decide. */
const MOST_DECISIONS = 8;

/** Normal rounds until nothing moves, with people who decide what waits for them. */
async function settle(life: Life): Promise<void> {
  for (let turn = 0; turn < MOST_DECISIONS; turn += 1) {
    const { conflicts, holders } = await syncUntilQuiet(life);
    if (conflicts === 0 && holders.length === 0) {
      compareFolders(life);
      return;
    }
    if (conflicts > 0) {
      const { name } = life.dice.pick(life.people);
      await settleConflicts(life, name, () => ['local', 'remote', 'both']);
    }
    // Folders of so few files are emptied now and then, which waits for the person at that device.
    for (const { name } of holders) await decideHeld(life, name);
  }
  assert.fail('what was decided comes back');
}

interface Waiting {
  readonly conflicts: number;
  /** Those at whose device deletions are held. */
  readonly holders: readonly Person[];
}

async function syncUntilQuiet(life: Life): Promise<Waiting> {
  let last: SyncResult['collections'] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const results: SyncResult[] = [];
    for (const { name, folder } of life.people) {
      owe(life.owed, name, folder);
      const ran = await life.run(name, ['sync', '--json']);
      life.story.push(`  sync on ${name}: ${ran.exitCode} ${ran.err.trim()}`);
      assert.ok(ran.exitCode === 0 || ran.exitCode === 3, `sync on ${name} failed: ${ran.err}`);
      results.push(ran.json<SyncResult>());
    }
    last = results.flatMap((result) => result.collections);
    if (!isQuiet(results)) continue;
    for (const { failed } of last) assert.deepEqual(failed, []);
    const counts = last.map(({ conflicts }) => conflicts);
    assert.equal(counts[0], counts[1], 'the devices see different conflicts');
    const holders = life.people.filter((_person, at) => isHolding(results[at]));
    return { conflicts: counts[0] ?? 0, holders };
  }
  assert.fail(`the devices never rest: ${JSON.stringify(last)}`);
}

function isHolding(result: SyncResult | undefined): boolean {
  return result?.collections.some(({ held }) => held > 0) === true;
}

function compareFolders({ people }: Life): void {
  const [first, second] = people;
  assert.ok(first !== undefined && second !== undefined);
  assertSameTree(treeOf(second.folder, { mtimes: false }), treeOf(first.folder, { mtimes: false }));
}

/** The bucket is whole, a new device gets the same from it, and nothing that was saved is lost. */
async function end(life: Life): Promise<void> {
  const { place, bucket, people, owed } = life;
  const [first] = people;
  assert.ok(first !== undefined);
  for (const { name } of people) await must(life, name, 'verify');
  const fresh = join(place.root, 'tablet-files');
  await must(life, 'tablet', 'join', bucket.url, '--device', 'tablet');
  await must(life, 'tablet', 'attach', 'Notes', fresh);
  await must(life, 'tablet', 'sync');
  assertSameTree(
    treeOf(fresh, { mtimes: false }),
    treeOf(first.folder, { mtimes: false }),
    'a new device gets something else',
  );
  const folders = people.map(({ folder }) => folder);
  const homes = people.map(({ name }) => join(place.root, name));
  assert.deepEqual(await missing(owed, folders, homes), [], 'saved contents are gone');
}
