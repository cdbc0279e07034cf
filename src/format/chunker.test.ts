import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chooseSeed, createSeededRandom } from '../../test/support/ports.ts';
import { concat, utf8 } from '../base/bytes.ts';
import { contentHash } from '../base/hash.ts';
import { type ChunkSizes, chunksOf } from './chunker.ts';
import { openRepositoryKey } from './repository-key.ts';

const seed = chooseSeed();
const random = createSeededRandom(seed);
const key = openRepositoryKey('aes-256-gcm', 'repo', new Uint8Array(32).fill(1));
const SIZES: ChunkSizes = { minBytes: 2048, meanBytes: 8192, maxBytes: 16_384 };

async function cut(
  content: Uint8Array,
  pieceBytes: number,
  by = key,
  sizes = SIZES,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const pieces = (async function* () {
    for (let at = 0; at < content.length; at += pieceBytes) {
      yield content.subarray(at, at + pieceBytes);
    }
  })();
  for await (const chunk of chunksOf(by, pieces, sizes)) chunks.push(chunk);
  return chunks;
}

suite(`F4: content-defined chunking (seed ${seed})`, () => {
  const content = random.bytes(400_000);

  test('the chunks together are the content, and keep to the limits', async () => {
    const chunks = await cut(content, 1000);
    assert.deepEqual(concat(chunks), content);
    for (const chunk of chunks.slice(0, -1)) {
      assert.ok(chunk.length >= SIZES.minBytes && chunk.length <= SIZES.maxBytes);
    }
    const mean = content.length / chunks.length;
    assert.ok(mean > SIZES.meanBytes / 2 && mean < SIZES.meanBytes * 2, `mean ${mean}`);
  });

  test('how the stream was sliced makes no difference', async () => {
    const hashes = async (pieceBytes: number) => (await cut(content, pieceBytes)).map(contentHash);
    assert.deepEqual(await hashes(777), await hashes(content.length));
  });

  test('an edit in the middle changes the chunks it touches and no others', async () => {
    const before = new Set((await cut(content, 5000)).map(contentHash));
    const half = content.length / 2;
    const edited = concat([content.subarray(0, half), random.bytes(100), content.subarray(half)]);
    const after = await cut(edited, 5000);
    const fresh = after.filter((chunk) => !before.has(contentHash(chunk)));
    assert.ok(fresh.length >= 1 && fresh.length <= 4, `${fresh.length} of ${after.length} are new`);
  });

  test('another repository cuts elsewhere', async () => {
    const other = openRepositoryKey('aes-256-gcm', 'repo', new Uint8Array(32).fill(2));
    const sizes = async (by: typeof key) => (await cut(content, 5000, by)).map((c) => c.length);
    assert.notDeepEqual(await sizes(other), await sizes(key));
  });

  test('cuts stay where they are, for what was cut before is recognised by its chunks', async () => {
    const fixed = createSeededRandom(1).bytes(100_000);
    const expected: readonly (readonly [ChunkSizes, string])[] = [
      [SIZES, 'ecd14e806ce3034f98f62aeda84e9613c4e6fdb3f91879c08336014a40008c77'],
      // Every other place is a cut here, so that each bit of the hash counts at the minimum.
      [
        { minBytes: 64, meanBytes: 4, maxBytes: 256 },
        '51ae537e5d1479c61795f8cda2747e3606156c63a5db72cd32e236905c5ebcc3',
      ],
    ];
    for (const [sizes, digest] of expected) {
      const lengths = (await cut(fixed, 4999, key, sizes)).map(({ length }) => length);
      assert.equal(contentHash(utf8(lengths.join())), digest);
    }
  });

  test('empty content has no chunk', async () => {
    assert.deepEqual(await cut(new Uint8Array(0), 1), []);
  });
});
