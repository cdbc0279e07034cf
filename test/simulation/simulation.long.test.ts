/**
 * The whole engine on simulated machines: fresh seeds, all bad seeds so far, and proof that each
 * question can be answered with no.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { getContent } from '../../src/replica/contents.ts';
import { conflictsOf } from '../../src/replica/records.ts';
import { type ObjectStore, StoreError } from '../../src/store/store.ts';
import { conflictSides } from '../../src/sync/records.ts';
import { BAD_SEEDS } from './bad-seeds.ts';
import type { Bucket } from './bucket.ts';
import { parseSeed, seedOfRun } from './generator.ts';
import { engineOf } from './invariants.ts';
import type { Machine } from './machine.ts';
import { hashOf, Oracle } from './oracle.ts';
import { COLLECTION, type Repository, VAULT_ROOT } from './program.ts';
import { editsThatFollow, misplaced } from './renames.ts';
import { type RunOptions, type RunResult, runSimulation } from './run.ts';
import type { InvariantId, Question } from './violations.ts';
import { idleProblems } from './watchers.ts';
import { living, type Sabotage, type World } from './world.ts';

/** A few seconds of work; `npm run simulate` does more. */
const FRESH_RUNS = 20;

/** From TEST_SEED to repeat a series, else a new one. */
function firstSeed(): bigint {
  const given = process.env.TEST_SEED;
  return given === undefined ? randomBytes(8).readBigUInt64BE() : parseSeed(given);
}

function assertSound({ seed, violations }: RunResult): void {
  const words = violations.map(({ id, details }) => `${id}: ${details}`).join('\n');
  assert.equal(violations.length, 0, `npm run simulate -- --seed ${seed} --trace\n${words}`);
}

suite('a simulated run', () => {
  test('is the same every time, to the last event', async () => {
    for (const seed of [7n, 2n ** 63n + 5n]) {
      const [one, other] = [await runSimulation(seed), await runSimulation(seed)];
      assert.equal(one.digest, other.digest, `seed ${seed}`);
      assert.deepEqual(one.counters, other.counters);
    }
  });

  test('is another one with another seed', async () => {
    const [one, other] = [await runSimulation(1n), await runSimulation(2n)];
    assert.notEqual(one.digest, other.digest);
  });

  test('keeps all rules, whatever the seed', async () => {
    const first = firstSeed();
    const runs = Number(process.env.TEST_RUNS ?? FRESH_RUNS);
    console.log(`TEST_SEED=${first} TEST_RUNS=${runs}`);
    for (let index = 0; index < runs; index += 1) {
      assertSound(await runSimulation(seedOfRun(first, index)));
    }
  });
});

suite('a bad seed', () => {
  for (const { seed, what, options } of BAD_SEEDS) {
    test(`${seed}: ${what}`, async () => assertSound(await runSimulation(seed, options)));
  }
});

/** Seeds of runs that are made for something. */
const SEEDS = Array.from({ length: 8 }, (_, index) => BigInt(index));

const PRUNED: RunOptions = {
  only: ['prune', 'long-pause', 'partition'],
  change: { steps: 60, longShare: 0.6, historyDays: 1, condemnedDays: 1, watchShare: 0 },
};
const RENAMED: RunOptions = {
  only: ['lost-answer', 'late-write'],
  change: { meetsInRename: true, watchShare: 0 },
};
const PUT_BACK: RunOptions = {
  only: ['restore'],
  change: { devices: 2, steps: 60, watchShare: 0 },
};

/** What chance gives little occasion for is asked of lives that are made for it. */
const OCCASIONS: readonly (readonly [question: Question, options: RunOptions])[] = [
  ['asked I7: blob deleted', PRUNED],
  ['asked I8: edit beside a rename', RENAMED],
  ['asked I10: restored machine', PUT_BACK],
];

suite('what is asked rarely is asked', () => {
  for (const [question, options] of OCCASIONS) {
    test(question, async () => {
      let asked = 0;
      for (const seed of SEEDS) {
        const result = await runSimulation(seed, options);
        assertSound(result);
        asked += result.counters[question] ?? 0;
      }
      assert.ok(asked > 0, `not once in ${SEEDS.length} runs`);
    });
  }
});

const CALM: RunOptions = { only: [], change: { devices: 2, steps: 40, watchShare: 0 } };

/** Runs that are broken on purpose, until one of them shows it. */
async function assertCaught(
  id: InvariantId,
  sabotage: Sabotage,
  options: RunOptions = CALM,
): Promise<void> {
  const found: string[] = [];
  for (const seed of SEEDS) {
    const { violations } = await runSimulation(seed, { ...options, sabotage });
    if (violations.some((violation) => violation.id === id)) return;
    found.push(...violations.map((violation) => violation.id));
  }
  assert.fail(`${id} was not broken in ${SEEDS.length} runs, only ${found.join(' ') || 'nothing'}`);
}

function withBucket(change: (bucket: Bucket) => Partial<Bucket>): Sabotage {
  return { bucketOf: (bucket) => ({ ...bucket, ...change(bucket) }) };
}

function without(prefix: string): Sabotage {
  return withBucket((bucket) => ({
    put: (key, body) => (key.startsWith(prefix) ? undefined : bucket.put(key, body)),
  }));
}

suite('what is broken on purpose is found', () => {
  test('I0: a defect that throws', async () => {
    const fail = (): never => {
      throw new TypeError('a defect made by a test');
    };
    await assertCaught(
      'I0',
      withBucket(() => ({ read: fail })),
    );
  });

  test('I1: a device that shows something else', async () => {
    const beforeCheck = ({ machines: [first] }: World): void =>
      first?.disk.person.write(`${VAULT_ROOT}/only here.md`, 'and not taken in');
    await assertCaught('I1', { beforeCheck });
  });

  test('I9: a bucket that loses segments', async () => {
    await assertCaught('I9', without('segments/'));
  });

  test('I2: a file that vanishes', async () => {
    const afterEdit = ({ disk }: Machine, words: string): void => {
      const place = /wrote ".*" to (.*)$/.exec(words)?.[1];
      if (place !== undefined) disk.person.remove(`${VAULT_ROOT}/${place}`);
    };
    await assertCaught('I2', { afterEdit });
  });

  test('I2: contents that were written in a circle are lost only together', () => {
    const oracle = new Oracle(() => 0);
    oracle.note('a', 'wrote', undefined, 'one');
    oracle.note('a', 'wrote', 'one', 'two');
    oracle.note('a', 'wrote', 'two', 'one');
    assert.equal(oracle.lost(() => false).length, 3);
    oracle.note('a', 'deleted', 'one', undefined);
    assert.deepEqual(
      oracle.lost(() => false),
      [],
    );
  });

  test('I3: a deleted file that is there again', async () => {
    const texts = new Map<string, string>();
    const afterEdit = ({ disk: { person } }: Machine, words: string): void => {
      const deleted = /deleted (.*\.md)$/.exec(words)?.[1] ?? '';
      const before = texts.get(deleted);
      if (before !== undefined) person.write(`${VAULT_ROOT}/${deleted}`, before);
      for (const [place, text] of Object.entries(person.tree(VAULT_ROOT))) texts.set(place, text);
    };
    await assertCaught('I3', { afterEdit });
  });

  test('I3: what was deleted lets go of it, unless it was written anew before anybody looked', () => {
    const oracle = new Oracle(() => 0);
    const place = 'note.md';
    oracle.noteRepeated('again');
    const isLetGo = (text: string) => oracle.letGoBy(hashOf(text), () => true) !== undefined;
    oracle.note('a', 'deleted', 'one', undefined, { place, looks: 1 });
    assert.equal(isLetGo('one'), true);
    oracle.note('a', 'wrote', undefined, 'again', { place, looks: 2 });
    assert.equal(isLetGo('one'), true);
    oracle.note('a', 'deleted', 'two', undefined, { place, looks: 2 });
    oracle.note('b', 'wrote', undefined, 'again', { place, looks: 2 });
    oracle.note('a', 'wrote', undefined, 'again', { place: 'other.md', looks: 2 });
    assert.equal(isLetGo('two'), true);
    oracle.note('a', 'wrote', undefined, 'again', { place, looks: 2 });
    assert.equal(isLetGo('two'), false);
    oracle.note('a', 'deleted', 'three', undefined, { place, looks: 3 });
    oracle.note('a', 'wrote', undefined, 'only once', { place, looks: 3 });
    assert.equal(isLetGo('three'), true);
    oracle.note('b', 'wrote', undefined, 'moved', { place, looks: 3 });
    const moveOver = (text: string, looks: number): void => {
      oracle.note('a', 'moved over', text, undefined, { place, looks });
      oracle.noteArrival('a', looks, 'moved', place);
    };
    moveOver('four', 4);
    assert.equal(isLetGo('four'), true);
    oracle.note('a', 'wrote', 'moved', 'again', { place, looks: 4 });
    assert.equal(isLetGo('four'), false);
    moveOver('five', 5);
    oracle.note('a', 'wrote', 'moved', 'again', { place, looks: 6 });
    assert.equal(isLetGo('five'), true);
    oracle.note('a', 'deleted', 'six', undefined, { place, looks: 7 });
    moveOver('seven', 7);
    assert.equal(isLetGo('six'), true);
    oracle.noteArrival('a', 7, 'again', place);
    assert.equal(isLetGo('six'), false);
  });

  test("I4: a device that writes another's head", async () => {
    await assertCaught('I4', {
      storeOf: (store) => ({
        ...store,
        async list(prefix) {
          const listing = await store.list(prefix);
          const [first] = listing.objects;
          if (prefix === 'heads/' && first !== undefined)
            await store.put(first.key, Buffer.from('x'));
          return listing;
        },
      }),
    });
  });

  test('I4: a device that deletes content nobody condemned', async () => {
    const change = { ...CALM.change, longShare: 0.5 };
    const storeOf = (store: ObjectStore): ObjectStore => ({
      ...store,
      async put(key, body) {
        const answer = await store.put(key, body);
        if (key.startsWith('blobs/')) await store.delete(key);
        return answer;
      },
    });
    await assertCaught('I4', { storeOf }, { ...CALM, change });
  });

  test('I5: an effect without its cause', async () => {
    // The one that wrote most is what others build upon.
    const forget = `UPDATE clocks SET n = 0 WHERE device =
      (SELECT device FROM commits GROUP BY device ORDER BY count(*) DESC LIMIT 1)`;
    const beforeCheck = ({ machines }: World): void => {
      for (const { session } of machines) session?.engine.db.run(forget);
    };
    await assertCaught('I5', { beforeCheck });
  });

  test('I5: a conflict with what its author had been shown', async () => {
    const beforeCheck = (world: World): void => {
      const [machine] = living(world);
      if (machine === undefined) return;
      const engine = engineOf(machine);
      for (const { record } of conflictsOf(engine.db, COLLECTION)) {
        const [one, other] = conflictSides(engine, COLLECTION, record).sides.map(({ hash }) =>
          Buffer.from(getContent(engine.db, hash) ?? []).toString(),
        );
        world.oracle.note(machine.name, 'wrote', one, other);
      }
    };
    await assertCaught('I5', { beforeCheck });
  });

  test('I6: a round in which nothing is to do asks for the heads and one list', () => {
    const idle = ['list heads/', 'get heads/a', 'get heads/b'];
    assert.deepEqual(idleProblems(idle, 2), []);
    assert.equal(idleProblems(idle, 1).length, 1);
    assert.equal(idleProblems([...idle, 'get segments/a/1'], 2).length, 1);
    assert.equal(idleProblems([...idle, 'put heads/a'], 2).length, 1);
  });

  test('I6: a device that writes more objects than it has to', async () => {
    let written = 0;
    await assertCaught('I6', {
      storeOf: (store) => ({
        ...store,
        async put(key, body) {
          const owner = key.split('/')[1] ?? '';
          for (let more = 0; key.startsWith('heads/') && more < 4; more += 1) {
            written += 1;
            await store.put(`segments/${owner}/made-by-a-test-${written}`, body);
          }
          return await store.put(key, body);
        },
      }),
    });
  });

  test('I6: a device that asks too often', async () => {
    await assertCaught('I6', {
      storeOf: (store) => ({
        ...store,
        async get(key, options) {
          await store.get(key);
          await store.get(key);
          return await store.get(key, options);
        },
      }),
    });
  });

  test('I7: a bucket that loses content', async () => {
    await assertCaught('I7', without('blobs/'), {
      ...CALM,
      change: { ...CALM.change, longShare: 0.5 },
    });
  });

  test('I7: a bucket that loses what is history', async () => {
    await assertCaught('I7', without('archive/'));
  });

  test('I7: a pruner that keeps less than was promised', async () => {
    const repositoryOf = (repository: Repository): Repository => ({
      ...repository,
      historyDays: 0,
    });
    const options = { ...PRUNED, change: { ...PRUNED.change, steps: 150, historyDays: 10 } };
    await assertCaught('I7', { repositoryOf }, options);
  });

  test('I5: an edit of what the power brought back later has not seen what came between', () => {
    const oracle = new Oracle(() => 0);
    oracle.note('b', 'wrote', 'one', 'elsewhere');
    oracle.note('a', 'wrote', 'one', 'two');
    oracle.note('a', 'power cut', 'two', 'one');
    oracle.note('a', 'wrote', 'one', 'after that');
    assert.equal(oracle.wasShownTo(hashOf('two'), hashOf('elsewhere')), false);
    assert.equal(oracle.wasShownTo(hashOf('two'), hashOf('after that')), true);
  });

  test('I8: a file that does not keep the name it was given', async () => {
    const beforeCheck = (world: World): void => {
      const { person } = living(world).at(-1)?.disk ?? {};
      for (const place of Object.keys(person?.tree(VAULT_ROOT) ?? {})) {
        if (/^moved \d+\.md$/.test(place))
          person?.move(`${VAULT_ROOT}/${place}`, `${VAULT_ROOT}/former ${place}`);
      }
    };
    await assertCaught('I8', { beforeCheck }, RENAMED);
  });

  test('I8: an edit that stays under the old name', () => {
    const oracle = new Oracle(() => 0);
    oracle.note('a', 'wrote', undefined, 'one', { place: 'old.md' });
    oracle.noteMove('a', 'one', 'old.md', 'new.md');
    oracle.touchText('one', 'moved');
    oracle.note('b', 'wrote', 'one', 'two', { place: 'old.md' });
    const problemsAt = (place: string): string[] =>
      misplaced(oracle, editsThatFollow(oracle), new Map([[hashOf('two'), place]]));
    assert.deepEqual(problemsAt('new.md'), []);
    assert.equal(problemsAt('old.md').length, 1);
  });

  test('I8: a suffix that only some disks need is none of the name', () => {
    const place = new Map([[hashOf('two'), 'F.md']]);
    const problemsOf = (to: string): string[] =>
      misplaced(new Oracle(() => 0), [{ after: hashOf('two'), to, isBeside: true }], place);
    assert.deepEqual(problemsOf('F (~uguf).md'), []);
    assert.equal(problemsOf('G (~uguf).md').length, 1);
  });

  test('I9: a device that cannot publish', async () => {
    await assertCaught('I9', {
      storeOf: (store) => ({
        ...store,
        put: () => Promise.reject(new StoreError('unreachable', 'made by a test', 'never')),
      }),
    });
  });

  test('I10: a save from before a disk was lost, under another identity', async () => {
    const beforeCheck = ({ machines, history }: World): void => {
      for (const { session } of machines) {
        const ids = session?.engine.db.all('SELECT id FROM versions') ?? [];
        for (const { id } of ids) history.firstUnder.set(String(id), 'former');
      }
    };
    await assertCaught('I10', { beforeCheck }, PUT_BACK);
  });
});
