/** Conflicts over the API, on real homes around a bucket in a folder. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER } from '../../../test/support/daemon-bench.ts';
import { type HomeBench, openHomeBench, startHost } from '../../../test/support/home-bench.ts';
import type { Conflict, SettleItem } from '../../api/conflicts.ts';
import { resolveConflict } from '../../app/conflicts.ts';
import { settleRecord } from '../../app/settle.ts';
import { HANDLERS } from '../handlers.ts';
import type { HomeHost } from '../host.ts';
import type { Daemon } from '../ports.ts';

const BASE = 'one\ntwo\nthree\nfour\n';
const HERE = 'ONE\ntwo\nthree\nfour\n';
const THERE = 'one\ntwo\nthree\nFOUR\n';

interface Bench extends HomeBench {
  readonly host: HomeHost;
  readonly desktop: Awaited<ReturnType<HomeBench['addDevice']>>;
  /** A file in the folder of this device; undefined where there is none. */
  here(name: string): string | undefined;
  there(name: string): string | undefined;
  write(name: string, text: string): void;
  writeThere(name: string, text: string): void;
  /** Both devices exchange all they have. */
  settle(): Promise<void>;
  list(): Promise<readonly Conflict['sides'][]>;
  look(path: string, sides?: { left?: string; right?: string }): Promise<Conflict | null>;
  resolve(...items: readonly Omit<SettleItem, 'collection'>[]): Promise<{
    readonly settled: Parameters<typeof undo>[1];
    readonly failed: readonly { readonly path: string; readonly reason: string }[];
  }>;
}

/** Two devices with these files, which each of them then changed on its own. */
async function openConflicts(
  context: TestContext,
  files: Readonly<Record<string, readonly [base: string, here: string, there: string]>>,
): Promise<Bench> {
  const bench = await openHomeBench(context);
  for (const [name, [base]] of Object.entries(files)) writeFileSync(join(bench.notes, name), base);
  const host = await startHost(bench);
  await round(bench, host);
  const desktop = await bench.addDevice();
  const daemon = daemonOf(host);
  const handlers = checkAnswers(HANDLERS);
  const made: Bench = {
    ...bench,
    host,
    desktop,
    here: (name) => textIn(bench.notes, name),
    there: (name) => textIn(desktop.folder, name),
    write: (name, text) => writeFileSync(join(bench.notes, name), text),
    writeThere: (name, text) => writeFileSync(join(desktop.folder, name), text),
    async settle() {
      await round(bench, host);
      bench.clock.advance(60_000);
      await desktop.sync();
      await round(bench, host);
    },
    list: async () => (await handlers.conflicts(daemon, {}, ASKER)).map(({ sides }) => sides),
    look: (path, sides = {}) =>
      handlers.conflict(daemon, { collection: 'Notes', path, ...sides }, ASKER),
    resolve: (...items) =>
      bench.clock.during(
        handlers.resolve(
          daemon,
          { items: items.map((item) => ({ collection: 'Notes', ...item })) },
          ASKER,
        ),
      ),
  };
  for (const [name, [, here, there]] of Object.entries(files)) {
    made.write(name, here);
    made.writeThere(name, there);
  }
  await made.settle();
  return made;
}

function daemonOf(host: HomeHost): Daemon {
  const refuse = (): never => assert.fail('not asked for here');
  return {
    news: { tell: refuse, subscribe: refuse },
    homes: () => [host],
    host: () => host,
    newHome: refuse,
    setUp: refuse,
    newLink: refuse,
    status: refuse,
  };
}

async function round(bench: HomeBench, host: HomeHost): Promise<void> {
  bench.clock.advance(10_000);
  await bench.clock.during(host.sync());
}

function textIn(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

async function undo(
  { host, clock }: Bench,
  decisions: readonly Awaited<ReturnType<typeof HANDLERS.resolve>>['settled'][number][],
) {
  const handlers = checkAnswers(HANDLERS);
  return await clock.during(handlers.undoResolve(daemonOf(host), { decisions }, ASKER));
}

/** The desktop goes on with the side of the laptop. */
async function keepRemoteThere({ clock, contextOf, root }: Bench): Promise<void> {
  const target = { collection: 'Notes', path: 'plan.md' };
  await clock.during(
    settleRecord(contextOf(join(root, 'desktop')), 'test', target, (session, found) =>
      resolveConflict(session, found, { kind: 'remote' }),
    ),
  );
}

suite('conflicts over the API', () => {
  test('a conflict shows both sides, what they came from, and a merge to start from', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const found = await bench.look('plan.md');
    assert.ok(found !== null);
    assert.deepEqual(
      [found.left.text, found.left.device, found.right.text, found.right.device],
      [HERE, 'laptop', THERE, 'desktop'],
    );
    assert.equal(found.base?.text, BASE);
    assert.deepEqual(found.proposal, { text: 'ONE\ntwo\nthree\nFOUR\n', clashes: 0 });
    const [mine, theirs] = found.sides;
    assert.deepEqual([mine?.isLocal, theirs?.isLocal], [true, false]);
    const turned = await bench.look('plan.md', {
      left: theirs?.version ?? '',
      right: mine?.version ?? '',
    });
    assert.deepEqual([turned?.left.text, turned?.right.text], [THERE, HERE]);
    assert.equal(turned?.state, found.state, 'it is the same conflict');
    assert.equal(await bench.look('plan.md').then((one) => one?.state), found.state);
  });

  test('many are settled at once, each as was chosen, on both devices', async (context) => {
    const bench = await openConflicts(context, {
      'a.md': ['a', 'a here', 'a there'],
      'b.md': ['b', 'b here', 'b there'],
      'c.md': ['c', 'c here', 'c there'],
      'd.md': [BASE, HERE, THERE],
    });
    assert.equal((await bench.list()).length, 4);
    const { settled, failed } = await bench.resolve(
      { path: 'a.md', choice: { keep: 'local' } },
      { path: 'b.md', choice: { keep: 'remote' } },
      { path: 'c.md', choice: { keep: 'both' } },
      { path: 'd.md', choice: { keep: 'merged', text: 'merged\n' } },
      { path: 'e.md', choice: { keep: 'local' } },
    );
    assert.equal(settled.length, 4);
    assert.deepEqual(
      failed.map(({ path, reason }) => [path, reason]),
      [['e.md', 'failed']],
    );
    await bench.settle();
    for (const side of [bench.here, bench.there]) {
      assert.deepEqual(['a.md', 'b.md', 'c.md', 'd.md'].map(side), [
        'a here',
        'b there',
        'c here',
        'merged\n',
      ]);
    }
    const copy = readdirSync(bench.notes).find((name) => name.startsWith('c ('));
    assert.equal(bench.here(copy ?? ''), 'c there');
    assert.equal((await bench.list()).length, 0);
  });

  test('S6: a decision about sides that are others by now is refused, and nothing is lost', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const seen = await bench.look('plan.md');
    assert.ok(seen !== null);
    bench.write('plan.md', 'typed while it was open\n');
    const choice = { keep: 'merged', text: 'merged\n' } as const;
    const { settled, failed } = await bench.resolve({
      path: 'plan.md',
      state: seen.state,
      choice,
    });
    assert.deepEqual([settled.length, failed[0]?.reason], [0, 'changed']);
    assert.equal(bench.here('plan.md'), 'typed while it was open\n');
    const now = await bench.look('plan.md');
    assert.equal(now?.left.text, 'typed while it was open\n');
    const again = await bench.resolve({ path: 'plan.md', state: now.state, choice });
    assert.equal(again.settled.length, 1);
    await bench.settle();
    assert.deepEqual([bench.here('plan.md'), bench.there('plan.md')], ['merged\n', 'merged\n']);
  });

  test('S1: settled on two devices at once, each in its own way, it is in conflict again', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    await keepRemoteThere(bench);
    const { settled, failed } = await bench.resolve({
      path: 'plan.md',
      choice: { keep: 'merged', text: 'merged here\n' },
    });
    assert.deepEqual([settled.length, failed], [1, []]);
    await bench.settle();
    // Neither choice undoes the other unseen.
    const again = await bench.look('plan.md');
    assert.deepEqual([again?.left.text, again?.right.text].sort(), [HERE, 'merged here\n']);
    assert.deepEqual([bench.here('plan.md'), bench.there('plan.md')], ['merged here\n', HERE]);
    await bench.resolve({ path: 'plan.md', choice: { keep: 'local' } });
    await bench.settle();
    assert.equal((await bench.list()).length, 0);
    assert.equal(bench.there('plan.md'), 'merged here\n');
  });

  test('S3: settled on two devices at once in the same way, it is settled', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    await keepRemoteThere(bench);
    await bench.resolve({ path: 'plan.md', choice: { keep: 'local' } });
    await bench.settle();
    assert.equal((await bench.list()).length, 0);
    assert.deepEqual([bench.here('plan.md'), bench.there('plan.md')], [HERE, HERE]);
  });

  test('what was settled on another device is told, and stays as it was settled there', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const seen = await bench.look('plan.md');
    await keepRemoteThere(bench);
    await bench.settle();
    assert.equal(await bench.look('plan.md'), null);
    const { failed } = await bench.resolve({
      path: 'plan.md',
      ...(seen === null ? {} : { state: seen.state }),
      choice: { keep: 'remote' },
    });
    assert.equal(failed[0]?.reason, 'settled');
    await bench.settle();
    assert.deepEqual([bench.here('plan.md'), bench.there('plan.md')], [HERE, HERE]);
  });

  for (const when of ['before it left', 'after it reached the others'] as const) {
    for (const keep of ['local', 'remote', 'both', 'merged'] as const) {
      test(`S1: "${keep}" is taken back ${when}: the sides are in conflict again`, async (context) => {
        const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
        const choice = keep === 'merged' ? { keep, text: 'merged\n' } : { keep };
        const { settled } = await bench.resolve({ path: 'plan.md', choice });
        if (when === 'after it reached the others') await bench.settle();
        assert.deepEqual(await undo(bench, settled), { undone: 1, failed: [] });
        await bench.settle();
        const found = await bench.look('plan.md');
        assert.ok(found !== null);
        assert.deepEqual([found.left.text, found.right.text], [HERE, THERE]);
        assert.deepEqual([found.left.device, found.right.device], ['laptop', 'desktop']);
        assert.equal(found.base?.text, BASE);
        assert.equal(bench.here('plan.md'), HERE);
        assert.deepEqual(
          readdirSync(bench.notes).filter((name) => name.startsWith('plan (')),
          [],
        );
        const later = await bench.resolve({ path: 'plan.md', choice: { keep: 'remote' } });
        assert.equal(later.settled.length, 1);
        await bench.settle();
        assert.deepEqual([bench.here('plan.md'), bench.there('plan.md')], [THERE, THERE]);
      });
    }
  }

  for (const keep of ['local', 'both'] as const) {
    test(`S5: an edit that was not sent is a side again, after "${keep}" was taken back`, async (context) => {
      const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
      bench.write('plan.md', 'typed and not sent\n');
      const { settled } = await bench.resolve({ path: 'plan.md', choice: { keep } });
      assert.deepEqual(await undo(bench, settled), { undone: 1, failed: [] });
      await bench.settle();
      const found = await bench.look('plan.md');
      assert.deepEqual([found?.left.text, found?.right.text], ['typed and not sent\n', THERE]);
    });
  }

  test('what somebody wrote into the copy of the other side stays', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const { settled } = await bench.resolve({ path: 'plan.md', choice: { keep: 'both' } });
    await bench.settle();
    const copy = settled[0]?.copies[0]?.path ?? '';
    assert.equal(bench.here(copy), THERE);
    bench.write(copy, 'written into the copy\n');
    await undo(bench, settled);
    await bench.settle();
    assert.equal(bench.here(copy), 'written into the copy\n');
    assert.equal((await bench.look('plan.md'))?.right.text, THERE);
  });

  test('a choice that somebody has worked on since is not taken back', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const { settled } = await bench.resolve({ path: 'plan.md', choice: { keep: 'remote' } });
    await bench.settle();
    bench.write('plan.md', 'typed since\n');
    const { undone, failed } = await undo(bench, settled);
    assert.deepEqual([undone, failed[0]?.path], [0, 'plan.md']);
    await bench.settle();
    assert.deepEqual(
      [bench.here('plan.md'), bench.there('plan.md')],
      ['typed since\n', 'typed since\n'],
    );
  });

  test('F5: a long edit that was not sent is sent before the other side takes its place', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const long = 'long\n'.repeat(10_000);
    bench.write('plan.md', long);
    const { settled } = await bench.resolve({ path: 'plan.md', choice: { keep: 'remote' } });
    assert.equal(settled.length, 1);
    await bench.settle();
    assert.equal(bench.here('plan.md'), THERE);
    await undo(bench, settled);
    await bench.settle();
    assert.equal(bench.here('plan.md'), long);
    assert.equal((await bench.look('plan.md'))?.right.text, THERE);
  });

  test('another try brings what could not be written, and tells what still cannot', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    const retry = () =>
      bench.clock.during(
        HANDLERS.retry(daemonOf(bench.host), { collection: 'Notes', path: 'plan.md' }, ASKER),
      );
    assert.deepEqual(await retry(), { failed: [] });
    assert.equal(bench.here('plan.md'), HERE);
    rmSync(bench.notes, { recursive: true });
    await assert.rejects(retry(), { kind: 'attention' });
  });

  test('a folder that is away is no reason not to look', async (context) => {
    const bench = await openConflicts(context, { 'plan.md': [BASE, HERE, THERE] });
    rmSync(bench.notes, { recursive: true });
    const found = await bench.look('plan.md');
    assert.deepEqual([found?.left.text, found?.right.text], [HERE, THERE]);
  });
});
