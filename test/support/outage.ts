/** A device that saves something while its bucket is in trouble, and what it is owed. */
import assert from 'node:assert/strict';
import type { Status } from '../../src/api/status.ts';
import type { PendingInfo } from '../../src/app/records.ts';
import { assertTells, type Pair } from './pair.ts';
import { assertSameTree, noise, save, treeOf } from './trees.ts';

export interface Outage {
  begin(): void;
  end(): void;
  readonly exitCode: number;
  /** What is told of it. */
  readonly message: RegExp;
  /** What to do next. */
  readonly hint: RegExp;
  /** How many rounds meet it; one by default. */
  readonly rounds?: number;
}

let outages = 0;

/** A text that travels in the head, and a picture that is an object of its own. */
export function saveInOutage(pair: Pair): readonly string[] {
  outages += 1;
  const name = `saved in outage ${outages}`;
  save(pair.here, `${name}.md`, `${name}\n`, { age: 900 + outages });
  save(pair.here, `${name}.jpg`, noise(outages, 40_000), { age: 900 + outages });
  return [`${name}.jpg`, `${name}.md`];
}

/**
 * The laptop saves while the trouble lasts: each round tells of it, what was saved waits and is not
 * touched; and once it is over, the desktop has all of it.
 */
export async function expectToOutlast(pair: Pair, outage: Outage): Promise<void> {
  outage.begin();
  const paths = saveInOutage(pair);
  const before = treeOf(pair.here);
  try {
    await expectTrouble(pair, outage, paths);
  } finally {
    outage.end();
  }
  const { collections } = await pair.sync('laptop');
  assert.equal(collections[0]?.published.versions, paths.length, 'what it says that it sent');
  await pair.sync('desktop');
  assertSameTree(treeOf(pair.here), before);
  assertSameTree(treeOf(pair.there), before);
  await assertWaiting(pair, []);
}

async function expectTrouble(
  pair: Pair,
  { exitCode, message, hint, rounds = 1 }: Outage,
  paths: readonly string[],
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const ran = await pair.run('laptop', ['sync']);
    assertTells(ran, exitCode, message);
    assert.match(ran.err, hint);
  }
  const [collection] = (await assertWaiting(pair, paths)).collections;
  assert.ok(collection?.state === 'attention' || collection?.state === 'offline');
  assert.match(collection.lastError ?? '', message);
  assert.match(collection.lastError ?? '', hint);
}

/** Fails unless these, and no others, are what `pending` and `status` call not sent. */
export async function assertWaiting(pair: Pair, paths: readonly string[]): Promise<Status> {
  const pending = (await pair.must('laptop', 'pending', '--json')).json<PendingInfo[]>();
  assert.deepEqual(pending.map(({ path }) => path).sort(), [...paths].sort());
  const status = (await pair.must('laptop', 'status', '--json')).json<Status>();
  assert.equal(status.collections[0]?.pending, paths.length);
  return status;
}
