/** Something to attack: what one device saved and the other has not read, and what that one owes. */
import assert from 'node:assert/strict';
import { utf8Text } from '../../src/base/bytes.ts';
import { decodeHead, HEAD_MAX_BYTES } from '../../src/format/head.ts';
import { segmentKey } from '../../src/format/object-keys.ts';
import { openObject } from '../../src/format/seal.ts';
import { getContent } from '../../src/replica/contents.ts';
import { allRecords } from '../../src/replica/records.ts';
import { currentVersionsOf } from '../../src/replica/versions.ts';
import { selfId } from '../../src/sync/engine.ts';
import { TEST_COLLECTION } from './device.ts';
import { type HostileWorld, type Member, type Told, versionIdsOf } from './hostile-world.ts';

export const long = (word: string): string => `${word} `.repeat(5000);

/** Where what is new on `a` lies in the bucket: its head, segments, an index object, blobs. */
export interface News {
  readonly head: string;
  readonly index: string;
  readonly segment: string;
  readonly otherSegment: string;
  readonly blob: string;
  readonly otherBlob: string;
}

/** Both have the same; then `a` saved more, and `b` something that it did not send yet. */
export async function withNews(world: HostileWorld): Promise<News> {
  const { a, b, bucket } = world;
  a.folder.set('one', 'first').set('big', long('big'));
  b.folder.set('two', 'second');
  for (const device of [a, b, a, b]) await device.sync();
  const before = new Set((await bucket.snapshot()).keys());
  a.folder
    .set('one', 'first, edited')
    .set('bigger', long('bigger'))
    .set('biggest', long('biggest'));
  for (let index = 0; index < 12; index += 1)
    a.folder.set(`note ${index}`, `text ${index}`.repeat(30));
  await a.sync();
  // Lists go to an index object in a round that writes no segment.
  a.folder.set('one', 'first, edited twice');
  await a.sync();
  b.folder.set('mine', 'of b, not sent yet');
  const fresh = [...(await bucket.snapshot()).keys()].filter((key) => !before.has(key));
  const index = await indexOf(world);
  const [segment, otherSegment] = fresh.filter(
    (key) => key.startsWith('segments/') && key !== index,
  );
  const [blob, otherBlob] = fresh.filter((key) => key.startsWith('blobs/'));
  assert.ok(segment && otherSegment && blob && otherBlob, 'there is enough to attack');
  return { head: a.head, index, segment, otherSegment, blob, otherBlob };
}

async function indexOf({ a, bucket }: HostileWorld): Promise<string> {
  const self = selfId(a.engine);
  const result = await bucket.honest.get(a.head);
  assert.ok(result.kind === 'found');
  const { index } = decodeHead(
    a.head,
    openObject(a.engine.key, a.head, result.body, HEAD_MAX_BYTES),
  );
  assert.ok(index !== undefined, 'the lists are long enough for an index object');
  return segmentKey(self, index);
}

export type Target = 'head' | 'index' | 'segment' | 'blob';

export const TARGETS: readonly Target[] = ['head', 'index', 'segment', 'blob'];

/** A remedy: what a person, or Satchel by itself, does next. */
export const REMEDY =
  /satchel verify|tries again|can put it back|on its way|Install|Restore|keys unlock/;

export function targetOf(
  news: News,
  target: Target,
  b: Member,
): readonly [key: string, other: string] {
  if (target === 'head') return [news.head, b.head];
  if (target === 'blob') return [news.blob, news.otherBlob];
  return target === 'segment' ? [news.segment, news.otherSegment] : [news.index, news.segment];
}

export function assertTold(told: readonly Told[], object: string): void {
  const about = told.filter(({ text }) => text.includes(object));
  assert.ok(about.length > 0, `nothing told of ${object}: ${JSON.stringify(told)}`);
  assert.ok(
    about.some(({ text }) => REMEDY.test(text)),
    `no remedy: ${JSON.stringify(about)}`,
  );
}

/** What was there is there as it was, and what came is what another device saved. */
export function assertUnharmed({ a, b }: HostileWorld, before: ReadonlyMap<string, string>): void {
  for (const [path, text] of b.folder) {
    const isKnown = before.get(path) === text || a.folder.get(path) === text;
    assert.ok(isKnown, `${path} holds what nobody wrote`);
  }
  for (const path of before.keys()) assert.ok(b.folder.has(path), `${path} is gone`);
  const ofA = versionIdsOf(a);
  for (const [id, author] of versionIdsOf(b)) {
    assert.ok(author === 'b' || ofA.has(id), `version ${id} was saved by nobody`);
  }
}

/** The texts of all current versions in a device's replica. */
export function currentTexts({ engine: { db } }: Member): ReadonlySet<string | undefined> {
  return new Set(
    [...allRecords(db, TEST_COLLECTION)].flatMap(({ record }) =>
      currentVersionsOf(db, TEST_COLLECTION, record).map(({ version }) => {
        const content = version.hash === undefined ? undefined : getContent(db, version.hash);
        return content && utf8Text(content);
      }),
    ),
  );
}

export function textOf(told: readonly Told[]): string {
  return told.map(({ text }) => text).join('\n');
}
