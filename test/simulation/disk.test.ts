import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { NameFolding } from '../../src/kinds/files/names.ts';
import { nodeDisk } from '../../src/kinds/files/node-disk.ts';
import { diskConformance } from '../disk-conformance.ts';
import { createDice } from '../support/dice.ts';
import { foldingDisk } from '../support/folding-disk.ts';
import { chooseSeed, createSeededRandom } from '../support/ports.ts';
import { createSimulatedDisk, type Gate, type SimulatedDiskOptions } from './disk.ts';
import { ask } from './disk-answers.ts';
import { type DiskBench, pieces, textAt } from './disk-bench.ts';
import { foldingConformance } from './disk-folding-suite.ts';
import { realPerson } from './disk-real-person.ts';

const START_MS = 1_750_000_000_000;
const FOLDINGS: readonly NameFolding[] = [
  { case: true, form: true },
  { case: true, form: false },
  { case: false, form: true },
];

diskConformance('the real disk', (context) => realBench(context));
diskConformance('the simulated disk', () => simulatedBench());
for (const folding of FOLDINGS) {
  const words = JSON.stringify(folding);
  foldingConformance(`a real disk of ${words}`, folding, (context) => {
    const bench = realBench(context);
    return { ...bench, disk: foldingDisk(bench.disk, folding) };
  });
  foldingConformance(`a simulated disk of ${words}`, folding, () => simulatedBench({ folding }));
}

test('both disks answer alike, and are alike, whatever is asked of them', async (context) => {
  if (process.platform !== 'linux') return context.skip('errors are others here');
  const seed = chooseSeed();
  context.diagnostic(`seed ${seed}`);
  const dice = createDice(createSeededRandom(seed));
  const benches = [realBench(context), simulatedBench()];
  for (let round = 0; round < 500; round += 1) {
    const [from, to] = [placeOf(dice), placeOf(dice)];
    const operation = dice.pick(OPERATIONS);
    const answers = await Promise.all(benches.map((bench) => change(bench, operation, from, to)));
    assert.equal(answers[1], answers[0], `round ${round}: ${operation} ${from} ${to}`);
    const [real, simulated] = await Promise.all(benches.map(picture));
    assert.deepEqual(simulated, real, `round ${round}: ${operation} ${from} ${to}`);
  }
});

test('a gate is asked before and after, and for each step between', async () => {
  const asked: string[] = [];
  const gate: Gate = async (operation, path, stage) => {
    asked.push(`${stage} ${operation} ${path}`);
  };
  const disk = createSimulatedDisk({ now: () => START_MS, gate, pieceBytes: 2 });
  disk.person.makeFolder('/home');
  await disk.writeNew('/home/a', pieces('x', 'yz'));
  assert.deepEqual(asked.splice(0), [
    'before writeNew /home/a',
    'before writePiece /home/a',
    'after writePiece /home/a',
    'before writePiece /home/a',
    'after writePiece /home/a',
    'before flushFile /home/a',
    'after flushFile /home/a',
    'after writeNew /home/a',
  ]);
  await disk.rename('/home/a', '/home/b');
  assert.deepEqual(asked.splice(0), [
    'before rename /home/b',
    'before flushFolder /home',
    'after flushFolder /home',
    'after rename /home/b',
  ]);
  assert.equal(await textAt(disk, '/home/b'), 'xyz');
  assert.equal(asked.filter((line) => line === 'before readPiece /home/b').length, 2);
});

test('a file is edited at the gate between two of its pieces, in one reading too', async () => {
  let edit = () => {};
  const gate: Gate = async (operation, _path, stage) => {
    if (operation === 'readPiece' && stage === 'after') edit();
  };
  const disk = createSimulatedDisk({ now: () => START_MS, gate, pieceBytes: 2 });
  disk.person.write('/a', 'old!');
  edit = () => disk.person.write('/a', 'NEW!');
  assert.equal(await textAt(disk, '/a'), 'olW!');
});

test('what a gate throws, the operation throws; a write that fails leaves nothing', async () => {
  let failing = 'rename before';
  const gate: Gate = async (operation, _path, stage) => {
    if (`${operation} ${stage}` === failing) throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
  const disk = createSimulatedDisk({ now: () => START_MS, gate });
  disk.person.write('/a', 'x');
  await assert.rejects(disk.rename('/a', '/b'), { code: 'EIO' });
  assert.deepEqual(disk.person.tree('/'), { a: 'x' });
  failing = 'rename after';
  await assert.rejects(disk.rename('/a', '/b'), { code: 'EIO' });
  assert.deepEqual(disk.person.tree('/'), { b: 'x' });
  failing = 'flushFile before';
  await assert.rejects(disk.writeNew('/c', pieces('y')), { code: 'EIO' });
  assert.deepEqual(disk.person.tree('/'), { b: 'x' });
});

test('what never passes its gate stops there, and what it did before stays', async () => {
  const gate: Gate = (operation) =>
    operation === 'flushFile' ? new Promise(() => {}) : Promise.resolve();
  const disk = createSimulatedDisk({ now: () => START_MS, gate });
  void disk.writeNew('/a', pieces('ha', 'lf'));
  for (let turn = 0; turn < 50; turn += 1) await undefined;
  assert.deepEqual(disk.person.tree('/'), { a: 'half' });
});

test('a full disk leaves the beginning of a person’s file, and nothing of our own', async () => {
  const disk = createSimulatedDisk({ now: () => START_MS, capacityBytes: 10 });
  disk.person.write('/a', '1234');
  await assert.rejects(disk.writeNew('/b', pieces('12345', '67')), { code: 'ENOSPC' });
  assert.deepEqual(disk.person.tree('/'), { a: '1234' });
  assert.throws(() => disk.person.write('/c', '12345678'), { code: 'ENOSPC' });
  assert.deepEqual(disk.person.tree('/'), { a: '1234', c: '123456' });
  await assert.rejects(disk.makeFolder('/folder'), { code: 'ENOSPC' });
  // A second name takes no room, and goes with the last one only.
  await disk.link('/c', '/d');
  await disk.remove('/c');
  await assert.rejects(disk.writeNew('/b', pieces('1')), { code: 'ENOSPC' });
  await disk.rename('/a', '/d');
  assert.equal(await disk.writeNew('/b', pieces('123456')), 6);
  disk.capacityBytes = 11;
  assert.equal(await disk.writeNew('/e', pieces('1')), 1);
  await assert.rejects(disk.writeNew('/f', pieces('1')), { code: 'ENOSPC' });
});

test('a copy is the same disk and shares no later change', async () => {
  const disk = createSimulatedDisk({ now: () => START_MS, capacityBytes: 100 });
  disk.person.makeFolder('/folder/below');
  disk.person.write('/folder/a', 'a');
  disk.person.hardLink('/folder/a', '/b');
  disk.person.symlink('folder', '/link');
  const before = disk.person.tree('/');
  const copy = disk.copy({ now: () => START_MS + 1 });
  assert.deepEqual(copy.person.tree('/'), before);
  assert.deepEqual(await copy.list('/'), await disk.list('/'));

  copy.person.write('/b', 'edited');
  copy.person.move('/folder/below', '/moved');
  copy.person.write('/moved/new', 'x');
  assert.deepEqual(disk.person.tree('/'), before);
  assert.equal(copy.person.tree('/folder').a, 'edited');
  disk.person.remove('/folder');
  assert.deepEqual(copy.person.tree('/moved'), { new: 'x' });
  assert.equal(copy.capacityBytes, 100);
  copy.capacityBytes = 8;
  assert.throws(() => copy.person.append('/moved/new', '12'), { code: 'ENOSPC' });
  assert.equal(disk.capacityBytes, 100);
});

test('what is done to a copy in the same millisecond has a time of its own', () => {
  const disk = createSimulatedDisk({ now: () => START_MS });
  for (const name of ['a', 'b', 'c', 'd']) disk.person.write(`/${name}`, 'x');
  const copy = disk.copy({ now: () => START_MS });
  for (const name of ['e', 'f', 'g', 'h']) copy.person.write(`/${name}`, 'x');
  const times = [...'abcdefgh'].map((name) => copy.person.stat(`/${name}`)?.mtimeNs);
  assert.equal(new Set(times).size, 8);
});

test('files are dated one by one, or as coarsely as is asked', () => {
  const fine = createSimulatedDisk({ now: () => START_MS });
  const coarse = createSimulatedDisk({ now: () => START_MS + 1_999, mtimeGranularityMs: 2_000 });
  for (const disk of [fine, coarse]) {
    disk.person.write('/a', 'x');
    disk.person.write('/b', 'x');
  }
  const timesOf = (disk: typeof fine) =>
    ['/a', '/b'].map((path) => disk.person.stat(path)?.mtimeNs);
  const [a = 0n, b = 0n] = timesOf(fine);
  assert.ok(a < b && b < BigInt(START_MS + 1) * 1_000_000n);
  assert.deepEqual(timesOf(coarse), Array(2).fill(BigInt(START_MS) * 1_000_000n));
});

test('an inode comes again only where that is asked for', () => {
  for (const reusesInodes of [false, true]) {
    const disk = createSimulatedDisk({ now: () => START_MS, reusesInodes });
    disk.person.write('/a', 'x');
    const first = disk.person.stat('/a')?.inode;
    disk.person.save('/a', 'y');
    disk.person.save('/a', 'z');
    assert.equal(disk.person.stat('/a')?.inode === first, reusesInodes);
  }
});

test('one watch sees everything below where the disk is of that kind', async () => {
  const disk = createSimulatedDisk({ now: () => START_MS, watchesRecursively: true });
  disk.person.makeFolder('/vault/a/b');
  const told: (string | undefined)[] = [];
  disk.watchFolder('/vault', (name) => told.push(name), new AbortController().signal);
  disk.person.write('/vault/a/b/file', 'x');
  disk.person.write('/beside', 'x');
  assert.deepEqual(told, [], 'nobody is called in the middle of a change');
  await Promise.resolve();
  assert.deepEqual([...new Set(told)], ['a/b/file']);
  disk.endWatches();
  disk.person.write('/vault/a/b/file', 'y');
  await Promise.resolve();
  assert.deepEqual([...new Set(told)], ['a/b/file']);
});

const OPERATIONS = [
  ...['writeNew', 'writeNew', 'makeFolder', 'makeFolder', 'rename', 'rename', 'rename'],
  ...['link', 'makeLink', 'remove', 'removeFolder', 'setExecutable', 'flushFolder', 'readFile'],
  ...['write', 'save', 'hardLink', 'symlink', 'list', 'readLink', 'stat', 'setMtime'],
] as const;

function placeOf(dice: { below(below: number): number }): string {
  const parts = Array.from({ length: 1 + dice.below(3) }, () => 'abc'.charAt(dice.below(3)));
  return parts.join('/');
}

async function change(
  bench: DiskBench,
  operation: string,
  from: string,
  to: string,
): Promise<string> {
  const { disk, person } = bench;
  const [path, other] = [join(bench.root, from), join(bench.root, to)];
  try {
    switch (operation) {
      case 'write':
        return String(person.write(path, to));
      case 'save':
        return String(person.save(path, to));
      case 'hardLink':
        return String(person.hardLink(path, other));
      case 'symlink':
        return String(person.symlink(to, path));
      default:
        return String(await ask(disk, operation, path, other));
    }
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

/** Everything on the disk but times and the numbers of inodes, of which only sameness counts. */
async function picture({ disk, root, person }: DiskBench): Promise<unknown> {
  const inodes: bigint[] = [];
  const seen: string[] = [];
  for (const place of Object.keys(person.tree(root))) {
    const stat = await disk.stat(join(root, place));
    if (stat === undefined) throw new Error(`${place} is in the tree and not there`);
    if (!inodes.includes(stat.inode)) inodes.push(stat.inode);
    const sizeBytes = stat.kind === 'folder' ? '' : stat.sizeBytes;
    seen.push(
      `${place} ${stat.kind} ${sizeBytes} ${stat.isExecutable} ${inodes.indexOf(stat.inode)}`,
    );
  }
  return { tree: person.tree(root), seen };
}

function realBench(context: TestContext): DiskBench {
  const root = mkdtempSync(join(tmpdir(), 'satchel-disk-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  return { disk: nodeDisk(), root, person: realPerson() };
}

function simulatedBench(options: Partial<SimulatedDiskOptions> = {}): DiskBench {
  const disk = createSimulatedDisk({ now: () => START_MS, ...options });
  disk.person.makeFolder('/home/vault');
  return { disk, root: '/home/vault', person: disk.person };
}
