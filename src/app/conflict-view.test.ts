/** Conflicts of more than two sides, and without all that is needed to compare them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type EditorHome, openEditorHomes } from '../../test/support/editor-homes.ts';
import type { SettleItem } from '../api/conflicts.ts';
import { settleConflicts, undoDecisions } from './conflict-decisions.ts';
import { lookAtConflict } from './conflict-view.ts';
import { listConflicts } from './conflicts.ts';

const PLAN = { collection: 'Notes', path: 'plan.md' } as const;
const TEXTS = { laptop: 'of laptop\n', desktop: 'of desktop\n', tablet: 'of tablet\n' } as const;

interface Three {
  readonly laptop: EditorHome;
  readonly all: readonly EditorHome[];
  settle(): Promise<void>;
}

/** Three devices that have written the same file, each with another text. */
async function openThree(t: TestContext): Promise<Three> {
  const all = await openEditorHomes(t, Object.keys(TEXTS));
  const [laptop, desktop, tablet] = all;
  assert.ok(laptop !== undefined && desktop !== undefined && tablet !== undefined);
  const settle = async (): Promise<void> => {
    for (const home of [...all, ...all, ...all]) await home.sync();
  };
  write(laptop, 'base\n');
  await settle();
  write(laptop, TEXTS.laptop);
  write(desktop, TEXTS.desktop);
  write(tablet, TEXTS.tablet);
  await settle();
  return { laptop, all, settle };
}

function write({ folder }: EditorHome, text: string): void {
  writeFileSync(join(folder, PLAN.path), text);
}

function filesOf({ folder }: EditorHome): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function settleOne({ session }: EditorHome, choice: SettleItem['choice']) {
  return settleConflicts(session, [{ ...PLAN, choice }], (work) => work(session));
}

test('of three sides, any two are compared', async (t) => {
  const { laptop } = await openThree(t);
  const look = (left?: string, right?: string) =>
    lookAtConflict(laptop.session, PLAN, { left, right });
  const first = await look();
  const [mine, second, third] = first?.sides ?? [];
  assert.ok(mine !== undefined && second !== undefined && third !== undefined);
  const compared = async (left?: string, right?: string) => {
    const found = await look(left, right);
    assert.equal(found?.state, first?.state);
    return [found?.left.version, found?.right.version];
  };
  assert.deepEqual(await compared(), [mine.version, second.version]);
  assert.deepEqual(await compared(undefined, third.version), [mine.version, third.version]);
  assert.deepEqual(await compared(third.version, second.version), [third.version, second.version]);
  assert.deepEqual(await compared(undefined, mine.version), [second.version, mine.version]);
  assert.deepEqual(await compared('none-of-them', 'nor-this'), [mine.version, second.version]);
});

test('of three sides, one is named, or all are kept', async (t) => {
  const { laptop, all, settle } = await openThree(t);
  const refused = await settleOne(laptop, { keep: 'remote' });
  assert.match(refused.failed[0]?.error ?? '', /2 other sides/);
  const kept = await settleOne(laptop, { keep: 'both' });
  assert.equal(kept.settled[0]?.copies.length, 2);
  await settle();
  for (const home of all) {
    assert.deepEqual(Object.values(filesOf(home)).sort(), Object.values(TEXTS).sort());
  }
  await undoDecisions(laptop.session, kept.settled, (work) => work(laptop.session));
  await settle();
  assert.deepEqual(filesOf(laptop), { 'plan.md': TEXTS.laptop });
  const [, , third] = listConflicts(laptop.session)[0]?.sides ?? [];
  assert.ok(third !== undefined);
  const named = await settleOne(laptop, { keep: 'version', version: third.version });
  assert.equal(named.failed.length, 0);
  await settle();
  const name = third.device as keyof typeof TEXTS;
  for (const home of all) assert.deepEqual(filesOf(home), { 'plan.md': TEXTS[name] });
});

test('without the bucket, what is here is shown, and can be kept', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  // Too long to come along with the news of it.
  const long = 'long\n'.repeat(10_000);
  write(laptop, 'of laptop\n');
  await laptop.sync();
  write(desktop, long);
  await desktop.sync();
  await laptop.sync();
  const bucket = join(dirname(laptop.home), 'bucket');
  renameSync(bucket, `${bucket}-away`);
  const found = await lookAtConflict(laptop.session, PLAN, {});
  assert.deepEqual(
    [found?.left.text, found?.right.content, found?.base, found?.proposal],
    ['of laptop\n', 'missing', null, null],
  );
  const theirs = await settleOne(laptop, { keep: 'remote' });
  assert.equal(theirs.failed[0]?.reason, 'failed');
  const mine = await settleOne(laptop, { keep: 'local' });
  assert.equal(mine.settled.length, 1);
});
