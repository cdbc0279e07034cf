/**
 * Objects in the bucket that are torn, altered, exchanged, of a newer format, or made to harm: each
 * is told by name with what to do, nothing on a device is damaged, and all is well once the object
 * is whole again.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Verification } from '../../src/app/verify.ts';
import { contentHash } from '../../src/base/hash.ts';
import { HEAD_MAX_BYTES } from '../../src/format/head.ts';
import { headKey } from '../../src/format/object-keys.ts';
import { openObject, sealBlob, sealObject } from '../../src/format/seal.ts';
import { selfId } from '../../src/sync/engine.ts';
import { assertTells, createPair, type Pair, saveNotes } from '../support/pair.ts';
import { measuringMemory, peakMemoryOf } from '../support/peak-memory.ts';
import { systemRandom } from '../support/ports.ts';
import {
  asDevice,
  headOf,
  publishRaw,
  segmentsOf,
  spoil,
  withFlippedBit,
} from '../support/tamper.ts';
import { assertSameTree, noise, save, treeOf } from '../support/trees.ts';

/** Enough to fill a segment, and two files that are blobs. */
function saveMany(root: string): void {
  saveNotes(root);
  for (let index = 0; index < 40; index += 1) {
    const text = Buffer.from(noise(index, 3_000)).toString('hex');
    save(root, `Archive/note ${index}.md`, text, { age: 50 + index });
  }
  save(root, 'one.jpg', noise(101, 50_000), { age: 101 });
  save(root, 'two.jpg', noise(102, 50_000), { age: 102 });
}

const home = (pair: Pair, device: string): string => join(pair.place.root, device);

suite('objects that are not whole', () => {
  test('F6: a segment cut short is named, and its device goes on when it is whole', async (context) => {
    const pair = await createPair(context, { encrypted: true, fill: saveMany });
    save(pair.there, 'mine.md', 'only on the desktop\n');
    const before = treeOf(pair.there);
    const [segment] = await asDevice(home(pair, 'laptop'), segmentsOf);
    assert.ok(segment !== undefined, 'the vault is long enough for a segment');
    const mend = await spoil(pair.place.bucket, segment.key, (body) => body.subarray(0, 500));
    const ran = await pair.run('desktop', ['sync']);
    assertTells(ran, 7, new RegExp(`${segment.key} cannot be read: its seal is broken`));
    assert.match(ran.err, /satchel verify/);
    assertSameTree(treeOf(pair.there), before);
    const verify = (await pair.run('laptop', ['verify', '--json'])).json<Verification>();
    assert.deepEqual(
      verify.damaged.map(({ object }) => object),
      [segment.key],
    );
    await mend();
    await pair.settle();
    assert.ok(existsSync(join(pair.here, 'mine.md')));
  });

  test('F6: a flipped bit in a head of another device stops only what comes from there', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    save(pair.here, 'from here.md', 'written on the laptop\n');
    await pair.sync('laptop');
    save(pair.there, 'from there.md', 'written on the desktop\n');
    const key = await asDevice(home(pair, 'laptop'), headOf);
    const mend = await spoil(pair.place.bucket, key, withFlippedBit);
    assertTells(await pair.run('desktop', ['sync']), 7, new RegExp(`${key} cannot be read`));
    assert.equal((await pair.must('desktop', 'pending', '--json')).out, '[]\n', 'its own went up');
    await mend();
    await pair.settle();
    assert.ok(existsSync(join(pair.here, 'from there.md')));
  });

  test('F6: a damaged head of its own is written again, for nobody else may', async (context) => {
    const pair = await createPair(context, { encrypted: true });
    await pair.settle();
    const key = await asDevice(home(pair, 'laptop'), headOf);
    await spoil(pair.place.bucket, key, withFlippedBit);
    save(pair.here, 'new.md', 'written on the laptop\n');
    await pair.settle();
    assert.ok(existsSync(join(pair.there, 'new.md')));
    assert.match((await pair.must('laptop', 'log')).out, /written again/);
  });

  test('F6: two blobs exchanged are two files that wait, and the rest arrives', async (context) => {
    const pair = await createPair(context, { encrypted: true, fill: saveMany });
    const blobs = join(pair.place.bucket, 'blobs');
    const keys = readdirSync(blobs, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(pair.place.bucket.length + 1));
    const [first = '', second = ''] = keys;
    assert.equal(keys.length, 2);
    const [one, two] = keys.map((key) => readFileSync(join(pair.place.bucket, key)));
    assert.ok(one !== undefined && two !== undefined);
    const mendFirst = await spoil(pair.place.bucket, first, () => two);
    const mendSecond = await spoil(pair.place.bucket, second, () => one);
    const { collections } = await pair.sync('desktop', 3);
    const failed = collections[0]?.failed ?? [];
    assert.deepEqual(failed.map(({ path }) => path).sort(), ['one.jpg', 'two.jpg']);
    for (const { error } of failed) assert.match(error, /The object blobs\/.* cannot be read/);
    assert.deepEqual(existsSync(join(pair.there, 'one.jpg')), false, 'nothing wrong is placed');
    assert.ok(existsSync(join(pair.there, 'Archive/note 39.md')));
    const verify = await pair.run('desktop', ['verify', '--json']);
    assert.equal(verify.exitCode, 7);
    assert.deepEqual(
      verify
        .json<Verification>()
        .damaged.flatMap(({ affected }) => affected)
        .sort(),
      ['one.jpg', 'two.jpg'],
    );
    await mendFirst();
    await mendSecond();
    await pair.settle();
  });
});

suite('objects of a newer Satchel', () => {
  test('F1: a head of a newer format is told with the remedy, and the rest goes on', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    save(pair.there, 'mine.md', 'written on the desktop\n');
    const restore = await asDevice(home(pair, 'laptop'), async (session) => {
      const { key } = session.engine;
      const object = headOf(session);
      return spoil(pair.place.bucket, object, (sealed) => {
        const head = JSON.parse(
          Buffer.from(openObject(key, object, sealed, HEAD_MAX_BYTES)).toString(),
        );
        const newer = Buffer.from(JSON.stringify({ ...head, format: 2 }));
        return sealObject(key, object, newer, systemRandom);
      });
    });
    const ran = await pair.run('desktop', ['sync']);
    assertTells(ran, 7, /is of format 2; this Satchel knows formats up to 1/);
    assert.match(ran.err, /Install/);
    assert.equal((await pair.must('desktop', 'pending', '--json')).out, '[]\n', 'its own went up');
    await restore();
    await pair.settle();
  });

  test('F1: a repository of a newer format is refused by join and by nothing else', async (context) => {
    const pair = await createPair(context);
    const mend = await spoil(pair.place.bucket, 'satchel.json', (body) => {
      const manifest = JSON.parse(Buffer.from(body).toString());
      return Buffer.from(JSON.stringify({ ...manifest, format: 2 }));
    });
    assertTells(
      await pair.run('tablet', ['join', pair.place.bucket]),
      7,
      /satchel.json is of format 2/,
    );
    assert.equal(existsSync(join(home(pair, 'tablet'), 'settings.json')), false);
    await mend();
    await pair.must('tablet', 'join', pair.place.bucket);
  });
});

suite('objects that are made to harm', () => {
  test('S6: names that would leave the folder are refused one by one; the rest goes on', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const outside = join(pair.place.root, 'outside.md');
    const names = [
      '../outside.md',
      'Journal/../../outside.md',
      outside,
      'a\0b',
      'C:\\x',
      'C:/x',
      'a\\..\\..\\outside.md',
      '.satchel/attached.json',
      '.SATCHEL/x',
      '',
      '.',
      'Journal/..',
    ];
    const text = 'from elsewhere\n';
    const content = { text, hash: contentHash(Buffer.from(text)), size: text.length };
    const before = readdirSync(pair.place.root).sort();
    const marker = readFileSync(join(pair.here, '.satchel/attached.json'), 'utf8');
    await asDevice(home(pair, 'desktop'), (session) =>
      publishRaw(
        session,
        [...names, 'Journal/good.md'].map((path) => ({ fields: { path, mtime: 1 }, ...content })),
      ),
    );
    for (const round of ['first', 'second']) {
      const { collections } = await pair.sync('laptop', 3);
      const failed = collections[0]?.failed ?? [];
      assert.deepEqual(failed.map(({ path }) => path).sort(), [...names].sort(), round);
      for (const { error } of failed) assert.match(error, /could leave the folder/);
    }
    assert.deepEqual(readdirSync(pair.place.root).sort(), before);
    assert.equal(readFileSync(join(pair.here, '.satchel/attached.json'), 'utf8'), marker);
    assert.equal(readFileSync(join(pair.here, 'Journal/good.md'), 'utf8'), text);
  });

  test('F6: a segment and a blob that unpack to 600 MB are refused in little memory', async (context) => {
    const pair = await createPair(context, { encrypted: true, fill: saveMany });
    const bomb = Buffer.alloc(600_000_000);
    const [segment] = await asDevice(home(pair, 'laptop'), segmentsOf);
    assert.ok(segment !== undefined);
    const mend = await asDevice(home(pair, 'laptop'), ({ engine }) =>
      spoil(pair.place.bucket, segment.key, () =>
        sealObject(engine.key, segment.key, bomb, systemRandom),
      ),
    );
    assert.ok(statSync(join(pair.place.bucket, segment.key)).size < 200_000);
    const ran = await pair.run('desktop', ['sync'], measuringMemory());
    assertTells(ran, 7, new RegExp(`${segment.key} cannot be read: its body is longer than`));
    assert.ok(peakMemoryOf(ran) < 300_000_000, `${peakMemoryOf(ran)} bytes of memory`);
    await mend();

    const [blob = ''] = readdirSync(join(pair.place.bucket, 'blobs'), { recursive: true })
      .map((name) => `blobs/${name}`)
      .filter((key) => statSync(join(pair.place.bucket, key)).isFile());
    const mendBlob = await asDevice(home(pair, 'laptop'), ({ engine }) =>
      spoil(pair.place.bucket, blob, () => sealBlob(engine.key, blob, bomb)),
    );
    const again = await pair.run('desktop', ['sync'], measuringMemory());
    assertTells(again, 3, new RegExp(`${blob} cannot be read: its body is longer than`));
    assert.ok(peakMemoryOf(again) < 300_000_000, `${peakMemoryOf(again)} bytes of memory`);
    await mendBlob();
    await pair.settle();
  });

  test('S9: a head under the name of another device is not believed', async (context) => {
    const pair = await createPair(context);
    await pair.settle();
    const before = treeOf(pair.there);
    const laptop = await asDevice(home(pair, 'laptop'), ({ engine }) => headKey(selfId(engine)));
    const mend = await asDevice(home(pair, 'desktop'), async (session) => {
      const own = headOf(session);
      const found = await session.engine.store.get(own);
      assert.ok(found.kind === 'found');
      const body = openObject(session.engine.key, own, found.body, HEAD_MAX_BYTES);
      return spoil(pair.place.bucket, laptop, () =>
        sealObject(session.engine.key, laptop, body, systemRandom),
      );
    });
    const ran = await pair.run('desktop', ['sync']);
    assertTells(ran, 7, /belongs to another repository or device/);
    assertSameTree(treeOf(pair.there), before);
    await mend();
    await pair.settle();
  });
});
