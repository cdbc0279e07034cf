import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDice, type Dice } from '../support/dice.ts';
import { chooseSeed, createSeededRandom } from '../support/ports.ts';
import { createSimulatedDisk, type SimulatedDisk } from './disk.ts';
import { ask } from './disk-answers.ts';
import { pieces, textAt } from './disk-bench.ts';

const START_MS = 1_750_000_000_000;
const always = () => true;
const never = () => false;

test('what was flushed outlives a power cut, content and name', async () => {
  const disk = newDisk();
  await disk.makeFolder('/vault/tmp');
  await disk.writeNew('/vault/tmp/new', pieces('con', 'tent'));
  await disk.setExecutable('/vault/tmp/new', true, 'later');
  await disk.setMtime('/vault/tmp/new', 5_000);
  await disk.rename('/vault/tmp/new', '/vault/file');
  await disk.link('/vault/file', '/vault/second', 'later');
  await disk.makeLink('file', '/vault/link');
  await disk.flushFolder('/vault');
  const state = await disk.stat('/vault/file');
  disk.cutPower(always);
  assert.deepEqual(await disk.stat('/vault/file'), state);
  assert.deepEqual(disk.person.tree('/vault'), {
    file: 'content',
    link: '-> file',
    second: 'content',
    'tmp/': '',
  });
});

test('a folder that was made is durable, with those above it', async () => {
  const disk = newDisk();
  await disk.makeFolder('/a/b/c');
  disk.cutPower(always);
  assert.deepEqual(Object.keys(disk.person.tree('/')), ['a/', 'a/b/', 'a/b/c/']);
});

test('nobody watches after a power cut', async () => {
  const disk = newDisk();
  const told: (string | undefined)[] = [];
  disk.watchFolder('/', (name) => told.push(name), new AbortController().signal);
  disk.cutPower(never);
  disk.person.write('/a', 'x');
  await Promise.resolve();
  assert.deepEqual(told, []);
});

test('what was not may go, or stay', async () => {
  for (const [chance, left] of [
    [always, {}],
    [never, { file: 'content', link: '-> file' }],
  ] as const) {
    const disk = newDisk();
    disk.person.makeFolder('/vault');
    disk.person.sync();
    await disk.writeNew('/vault/file', pieces('content'));
    await disk.makeLink('file', '/vault/link');
    disk.cutPower(chance);
    assert.deepEqual(disk.person.tree('/vault'), left);
  }
});

test('a removal that was not flushed may be undone', async () => {
  const disk = newDisk();
  disk.person.write('/a', 'x');
  disk.person.sync();
  await disk.remove('/a');
  disk.cutPower(always);
  assert.equal(await textAt(disk, '/a'), 'x');
  await disk.remove('/a');
  await disk.flushFolder('/');
  disk.cutPower(always);
  assert.equal(disk.person.exists('/a'), false);
});

test('a file that was being replaced is the old or the new one, each whole', async () => {
  const seen = new Set<string>();
  await withManyDice(async (dice) => {
    const disk = newDisk();
    await disk.writeNew('/new', pieces('new'));
    await disk.writeNew('/file', pieces('old'));
    await disk.flushFolder('/');
    await disk.rename('/new', '/file', 'later');
    disk.cutPower(() => dice.chance(0.5));
    seen.add(JSON.stringify(disk.person.tree('/')));
  });
  assert.deepEqual([...seen].sort(), ['{"file":"new"}', '{"file":"old","new":"new"}']);
});

test('a file that moves between folders is in one of them', async () => {
  const seen = new Set<string>();
  await withManyDice(async (dice) => {
    const disk = newDisk();
    disk.person.makeFolder('/from');
    disk.person.write('/from/a', 'x');
    disk.person.sync();
    await disk.makeFolder('/to');
    await disk.rename('/from/a', '/to/b', 'later');
    await disk.rename('/to/b', '/to/c', 'later');
    await disk.removeFolder('/from');
    disk.cutPower(() => dice.chance(0.5));
    const places = Object.keys(disk.person.tree('/')).filter((place) => !place.endsWith('/'));
    seen.add(places.join());
  });
  assert.deepEqual([...seen].sort(), ['from/a', 'to/b', 'to/c']);
});

test('a folder never ends up inside itself', async () => {
  const seen = new Set<string>();
  await withManyDice(async (dice) => {
    const disk = newDisk();
    disk.person.makeFolder('/a/b/c');
    disk.person.write('/a/file', 'x');
    disk.person.sync();
    await disk.rename('/a/b', '/b', 'later');
    await disk.rename('/a', '/b/c/a', 'later');
    disk.cutPower(() => dice.chance(0.5));
    const places = Object.keys(disk.person.tree('/')).filter((place) => !place.endsWith('/'));
    seen.add(places.join());
  });
  assert.deepEqual([...seen].sort(), ['a/file', 'b/c/a/file']);
});

test('one flush makes durable what a name needs, and no content', async () => {
  const disk = newDisk();
  disk.person.makeFolder('/a/b');
  disk.person.write('/a/draft', 'content');
  disk.person.move('/a/draft', '/a/b/file');
  disk.person.write('/beside', 'x');
  await disk.flushFolder('/a/b');
  disk.cutPower(always);
  assert.deepEqual(Object.keys(disk.person.tree('/')), ['a/', 'a/b/', 'a/b/file']);
  assert.equal(disk.person.tree('/')['a/b/file'], '');
});

test('a content that was not flushed is whole, torn, empty or the former one', async () => {
  const seen = new Set<string>();
  await withManyDice(async (dice) => {
    const disk = newDisk();
    disk.person.write('/file', 'old');
    disk.person.sync();
    disk.person.write('/file', 'written');
    const written = disk.person.stat('/file');
    disk.cutPower(() => dice.chance(0.5));
    const text = await textAt(disk, '/file');
    seen.add(String(text));
    // Else no program could tell that the content is another one.
    if (text !== 'written') assert.notDeepEqual(disk.person.stat('/file'), written);
  });
  assert.deepEqual([...seen].sort(), ['', 'old', 'wri', 'written']);
});

test('a name that came through leads to a file with the attributes it had by then', async () => {
  const seen = new Set<string>();
  await withManyDice(async (dice) => {
    const disk = newDisk();
    await disk.writeNew('/new', pieces('x'));
    await disk.setExecutable('/new', true, 'later');
    await disk.rename('/new', '/run', 'later');
    disk.cutPower(() => dice.chance(0.3));
    const stats = ['/new', '/run'].map((path) => disk.person.stat(path)?.isExecutable);
    seen.add(String(stats));
  });
  assert.equal(seen.has(String([undefined, true])), true);
  assert.equal(seen.has(String([undefined, false])), false);
});

test('a time that was set comes through only with what was written before', async () => {
  await withManyDice(async (dice) => {
    const disk = newDisk();
    disk.person.write('/file', 'old');
    disk.person.sync();
    disk.person.write('/file', 'new');
    disk.person.setMtime('/file', 5_000);
    const before = disk.person.stat('/file');
    disk.cutPower(() => dice.chance(0.5));
    if (disk.person.stat('/file')?.mtimeNs !== before?.mtimeNs) return;
    assert.equal(await textAt(disk, '/file'), 'new');
  });
});

test('an executable bit is durable once it is set, but for who flushes later', async () => {
  for (const flush of ['now', 'later'] as const) {
    const disk = newDisk();
    disk.person.write('/file', 'x');
    disk.person.sync();
    await disk.setExecutable('/file', true, flush);
    disk.cutPower(always);
    assert.equal(disk.person.stat('/file')?.isExecutable, flush === 'now');
  }
});

test('attributes that a flush made durable stay, set after a content that was not', async () => {
  const disk = newDisk();
  disk.person.write('/file', 'old');
  disk.person.sync();
  disk.person.write('/file', 'new');
  disk.person.setExecutable('/file', true);
  await disk.rename('/file', '/moved');
  disk.cutPower(always);
  assert.equal(disk.person.stat('/moved')?.isExecutable, true);
});

test('a flush of a file makes it durable with its attributes, under the name it had', async () => {
  const disk = newDisk();
  disk.person.write('/file', 'old');
  disk.person.sync();
  disk.person.write('/file', 'new');
  disk.person.setExecutable('/file', true);
  disk.person.move('/file', '/moved');
  // Whatever has the name is opened and flushed, a folder or a file.
  await disk.flushFolder('/moved');
  disk.cutPower(always);
  assert.deepEqual(disk.person.tree('/'), { file: 'new' });
  assert.equal(disk.person.stat('/file')?.isExecutable, true);
});

test('the system writes back by itself, a jump of its clock or not', async () => {
  for (const passedMs of [30_000, -2 * 86_400_000, 2 * 86_400_000]) {
    let nowMs = START_MS;
    const disk = createSimulatedDisk({ now: () => nowMs });
    disk.person.write('/old', 'x');
    nowMs += passedMs;
    disk.person.write('/new', 'y');
    disk.cutPower(always);
    assert.deepEqual(disk.person.tree('/'), { old: 'x' });
  }
});

test('two files never have one inode after a power cut, reused or not', async () => {
  await withManyDice(async (dice) => {
    const disk = createSimulatedDisk({ now: () => START_MS, reusesInodes: true });
    for (const name of ['a', 'b', 'c']) disk.person.write(`/${name}`, name);
    disk.person.sync();
    for (let step = 0; step < 8; step += 1) {
      const path = `/${dice.pick(['a', 'b', 'c', 'd', 'e'])}`;
      if (disk.person.exists(path)) disk.person.remove(path);
      else disk.person.write(path, path);
    }
    disk.cutPower(() => dice.chance(0.3));
    disk.person.write('/f', 'f');
    disk.person.write('/g', 'g');
    const inodes = (await disk.list('/')).map(({ inode }) => inode);
    assert.equal(new Set(inodes).size, inodes.length);
  });
});

test('with all luck a cut loses nothing', async () => {
  await withManyDice(async (dice) => {
    const disk = newDisk();
    await wildHistory(disk, dice);
    const whole = disk.person.tree('/');
    disk.cutPower(never);
    assert.deepEqual(disk.person.tree('/'), whole);
  });
});

test('after any cut the room that is taken is that of the files', async () => {
  await withManyDice(async (dice) => {
    const disk = newDisk();
    await wildHistory(disk, dice);
    disk.cutPower(() => dice.chance(0.3));
    const sizes = new Map<bigint, number>();
    for (const place of Object.keys(disk.person.tree('/'))) {
      const stat = disk.person.stat(`/${place}`);
      if (stat?.kind === 'file') sizes.set(stat.inode, stat.sizeBytes);
    }
    disk.capacityBytes = [...sizes.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 1);
    disk.person.write('/fits', '1');
    assert.throws(() => disk.person.append('/fits', '2'), { code: 'ENOSPC' });
  });
});

test('with no luck a cut brings back all that was last made durable', async () => {
  await withManyDice(async (dice) => {
    const disk = newDisk();
    await wildHistory(disk, dice);
    disk.person.sync();
    const durable = disk.person.tree('/');
    const states = statesOf(disk);
    await wildHistory(disk, dice);
    // Nothing of the later steps comes through; a content that is lost is the former one.
    disk.cutPower(always);
    assert.deepEqual(disk.person.tree('/'), durable);
    assert.deepEqual(statesOf(disk), states);
  });
});

/** Steps that flush nothing. */
async function wildHistory(disk: SimulatedDisk, dice: Dice): Promise<void> {
  const place = () =>
    `/${Array.from({ length: 1 + dice.below(3) }, () => 'ab'[dice.below(2)]).join('/')}`;
  for (let step = 0; step < 30; step += 1) {
    const [from, to] = [place(), place()];
    const acts = [
      () => disk.person.write(from, `${step}`.repeat(4)),
      () => disk.person.save(from, `${step}`.repeat(4)),
      () => disk.person.makeFolder(from),
      () => disk.rename(from, to, 'later'),
      () => disk.rename(from, to, 'later'),
      () => disk.link(from, to, 'later'),
      () => ask(disk, dice.pick(['remove', 'removeFolder', 'setExecutable', 'makeLink']), from, to),
    ];
    try {
      await dice.pick(acts)();
    } catch (error) {
      if ((error as { code?: string }).code === undefined) throw error;
    }
  }
}

/** Of all but folders, which are dated by whatever was done in them. */
function statesOf(disk: SimulatedDisk): readonly unknown[] {
  const places = Object.keys(disk.person.tree('/')).filter((place) => !place.endsWith('/'));
  return places.map((place) => disk.person.stat(`/${place}`));
}

async function withManyDice(check: (dice: Dice) => Promise<void>): Promise<void> {
  const seed = chooseSeed();
  for (let round = 0; round < 200; round += 1) {
    try {
      await check(createDice(createSeededRandom(seed + round)));
    } catch (error) {
      throw new Error(`TEST_SEED=${seed}, round ${round}`, { cause: error });
    }
  }
}

function newDisk(): SimulatedDisk {
  return createSimulatedDisk({ now: () => START_MS });
}
