/** zstd, as Satchel uses it, against gzip and nothing, on what Satchel sends. */
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { encodeSegment } from '../../src/format/segment.ts';
import { commitsOf } from '../../src/replica/versions.ts';
import { selfId } from '../../src/sync/engine.ts';
import { openTwoDevices, TEST_COLLECTION } from '../../test/support/device.ts';
import type { Bench, Workload } from '../harness/bench.ts';
import { createSeeded } from '../harness/random.ts';
import { createWriter, type Writer } from '../harness/text.ts';

const COUNT = 1000;
const NOTE_BYTES = 4096;
const TIDDLER_WORDS = 150;

interface Codec {
  readonly id: string;
  pack(bytes: Uint8Array): Uint8Array;
  unpack(bytes: Uint8Array): Uint8Array;
}

const CODECS: readonly Codec[] = [
  {
    id: 'none',
    pack: (bytes) => Uint8Array.from(bytes),
    unpack: (bytes) => Uint8Array.from(bytes),
  },
  gzip(1),
  gzip(6),
  zstd(1),
  zstd(3),
  zstd(9),
];

function gzip(level: number): Codec {
  return { id: `gzip -${level}`, pack: (bytes) => gzipSync(bytes, { level }), unpack: gunzipSync };
}

function zstd(level: number): Codec {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return {
    id: `zstd -${level}`,
    pack: (bytes) => zstdCompressSync(bytes, { params }),
    unpack: (bytes) => zstdDecompressSync(bytes),
  };
}

export const compression: Workload = {
  id: 'compression',
  title: 'zstd against gzip and none, on notes, segments and tiddlers',
  async run(bench) {
    const writer = createWriter(createSeeded(bench.seed, 'compression'));
    const notes = Array.from({ length: COUNT }, () => writer.note(NOTE_BYTES));
    const tiddlers = Array.from({ length: COUNT }, (_, index) => tiddler(writer, index));
    const bodies = new Map([
      ['notes of 4 KB', notes.map((text) => Buffer.from(text))],
      ['tiddlers', tiddlers.map((text) => Buffer.from(text))],
      ['segments', [await segmentOf(notes)]],
    ]);
    for (const [step, items] of bodies) compare(bench, step, items);
  },
};

/** As TiddlyWiki writes it into a file: fields, an empty line, the text. */
function tiddler(writer: Writer, index: number): string {
  const time = `202601${String(10 + (index % 20))}120000000`;
  const tags = `${writer.words(1)} [[${writer.words(2)}]]`;
  const fields = `created: ${time}\nmodified: ${time}\ntags: ${tags}\ntitle: ${writer.words(3)}\n`;
  const text = `${writer.words(TIDDLER_WORDS)} [[${writer.words(2)}]]\n\n* ${writer.words(9)}\n`;
  return `${fields}type: text/vnd.tiddlywiki\n\n${text}`;
}

/** The body of a segment with these notes, from the engine itself. */
async function segmentOf(notes: readonly string[]): Promise<Buffer> {
  const { a, b } = await openTwoDevices();
  for (const [index, text] of notes.entries()) a.folder.set(`Folder/Note ${index}.md`, text);
  await a.sync();
  const { db } = a.engine;
  const author = selfId(a.engine);
  const commits = [...commitsOf(db, TEST_COLLECTION, author, 1, Number.MAX_SAFE_INTEGER)];
  const to = commits.at(-1)?.n ?? 1;
  const segment = { author, collection: TEST_COLLECTION, from: 1, to, clock: undefined, commits };
  a.close();
  b.close();
  return Buffer.from(encodeSegment(segment));
}

interface Trial {
  readonly packedBytes: number;
  readonly packMs: number;
  readonly unpackMs: number;
}

function compare(bench: Bench, step: string, items: readonly Buffer[]): void {
  const wholeBytes = items.reduce((sum, { length }) => sum + length, 0);
  const trials = CODECS.map((): Trial[] => []);
  // The first round warms up.
  for (let round = 0; round <= bench.runs; round += 1) {
    for (const [index, codec] of CODECS.entries()) {
      const trial = tryOut(codec, items);
      if (round > 0) trials[index]?.push(trial);
    }
  }
  const speed = (ms: number): number => wholeBytes / 1e6 / (ms / 1000);
  for (const [index, codec] of CODECS.entries()) {
    const mine = trials[index] ?? [];
    const at = { workload: 'compression', step, peer: codec.id };
    const ratios = mine.map(({ packedBytes }) => wholeBytes / packedBytes);
    const packing = mine.map(({ packMs }) => speed(packMs));
    const unpacking = mine.map(({ unpackMs }) => speed(unpackMs));
    bench.findings.figures.push(
      { ...at, name: 'ratio', unit: '', values: ratios },
      { ...at, name: 'pack', unit: 'MB/s', values: packing },
      { ...at, name: 'unpack', unit: 'MB/s', values: unpacking },
    );
  }
  bench.tell(`compression: ${step} are measured`);
}

function tryOut(codec: Codec, items: readonly Buffer[]): Trial {
  const startMs = performance.now();
  const packed = items.map((item) => codec.pack(item));
  const packedMs = performance.now();
  for (const item of packed) codec.unpack(item);
  return {
    packedBytes: packed.reduce((sum, { length }) => sum + length, 0),
    packMs: packedMs - startMs,
    unpackMs: performance.now() - packedMs,
  };
}
