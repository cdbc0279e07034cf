/** A collection through time over the API, on a real home around a bucket in a folder. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { checkAnswers } from '../../../test/support/checked-handlers.ts';
import { ASKER } from '../../../test/support/daemon-bench.ts';
import { type HomeBench, openHomeBench, startHost } from '../../../test/support/home-bench.ts';
import type { News } from '../../api/events.ts';
import type { InputOf, Route } from '../../api/route.ts';
import { ROUTES } from '../../api/routes.ts';
import { HANDLERS, type Handlers } from '../handlers.ts';
import type { HomeHost } from '../host.ts';
import type { Daemon } from '../ports.ts';

const HOUR_MS = 3_600_000;

type TimeRoute = 'tree' | 'moments' | 'versions' | 'compare' | 'restore' | 'undoRestore';
type Ask = <Name extends TimeRoute>(
  name: Name,
  input: Omit<InputOf<(typeof ROUTES)[Name]>, 'collection'>,
) => Promise<Awaited<ReturnType<Handlers[Name]>>>;

interface Bench extends HomeBench {
  readonly host: HomeHost;
  readonly told: readonly News[];
  save(path: string, text: string): void;
  remove(path: string): void;
  read(path: string): string | undefined;
  /** All that was done is saved, and an hour goes by. @returns a moment in it, as text. */
  sync(): Promise<string>;
  /** Asks a route about the collection `Notes`. */
  ask: Ask;
}

async function openBench(context: TestContext): Promise<Bench> {
  const bench = await openHomeBench(context);
  const host = await startHost(bench);
  const told: News[] = [];
  const refuse = (): never => assert.fail('not asked for here');
  const daemon: Daemon = {
    news: { tell: (news) => told.push(news), subscribe: refuse },
    homes: () => [host],
    host: () => host,
    newHome: refuse,
    setUp: refuse,
    newLink: refuse,
    status: refuse,
  };
  const handlers = checkAnswers(HANDLERS);
  const at = (path: string): string => join(bench.notes, path);
  const make = (path: string): string => {
    mkdirSync(dirname(at(path)), { recursive: true });
    return at(path);
  };
  return {
    ...bench,
    host,
    told,
    save: (path, text) => writeFileSync(make(path), text),
    remove: (path) => rmSync(at(path), { recursive: true }),
    read: (path) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined),
    async sync() {
      bench.clock.advance(10_000);
      await bench.clock.during(host.sync());
      bench.clock.advance(HOUR_MS);
      return new Date(bench.clock.now() - HOUR_MS / 2).toISOString();
    },
    ask: async (name, input) => {
      const route: Route = ROUTES[name];
      const checked = route.input.parse({ ...input, collection: 'Notes' });
      const handle = handlers[name] as unknown as (...args: readonly unknown[]) => Promise<never>;
      return await bench.clock.during(handle(daemon, checked, ASKER));
    },
  };
}

suite('a collection through time, over the API', () => {
  test('a folder lists what was in it at a moment, and what had been deleted where asked', async (context) => {
    const bench = await openBench(context);
    bench.save('Work/plan.md', 'plan');
    bench.save('Work/old.md', 'old');
    const first = await bench.sync();
    bench.save('Work/plan.md', 'a longer plan');
    bench.remove('Work/old.md');
    bench.save('Work/new.md', 'new');
    await bench.sync();
    const listed = async (query: Omit<InputOf<(typeof ROUTES)['tree']>, 'collection'>) =>
      (await bench.ask('tree', query)).entries.map(
        ({ path, size, deleted }) => `${path} ${size}${deleted ? ' deleted' : ''}`,
      );
    assert.deepEqual(await listed({}), ['Work 16']);
    assert.deepEqual(await listed({ folder: 'Work' }), ['Work/new.md 3', 'Work/plan.md 13']);
    assert.deepEqual(await listed({ folder: 'Work', at: first }), [
      'Work/old.md 3',
      'Work/plan.md 4',
    ]);
    assert.deepEqual(await listed({ folder: 'Work', deleted: 'true' }), [
      'Work/new.md 3',
      'Work/old.md 3 deleted',
      'Work/plan.md 13',
    ]);
    assert.deepEqual(await listed({ search: 'LAN', at: first }), ['Work/plan.md 4']);
  });

  test('the time line counts what was saved and deleted by day', async (context) => {
    const bench = await openBench(context);
    bench.save('a.md', 'a');
    bench.save('b.md', 'bb');
    await bench.sync();
    bench.clock.advance(24 * HOUR_MS);
    bench.remove('a.md');
    await bench.sync();
    const { days } = await bench.ask('moments', {});
    assert.deepEqual(
      days.map(({ written, deleted, bytes }) => ({ written, deleted, bytes })),
      [
        { written: 2, deleted: 0, bytes: 3 },
        { written: 0, deleted: 1, bytes: 0 },
      ],
    );
  });

  test('a file tells its versions, any two of which are compared as texts', async (context) => {
    const bench = await openBench(context);
    bench.save('plan.md', 'one\n');
    await bench.sync();
    bench.save('plan.md', 'two\n');
    await bench.sync();
    const { versions, deleted, trouble } = await bench.ask('versions', { path: 'plan.md' });
    assert.deepEqual(
      versions.map(({ size, state, device }) => ({ size, state, device })),
      [
        { size: 4, state: 'current', device: 'laptop' },
        { size: 4, state: 'superseded', device: 'laptop' },
      ],
    );
    assert.deepEqual([deleted, trouble], [false, null]);
    const [newer, older] = versions.map(({ id }) => id);
    assert.ok(newer !== undefined && older !== undefined);
    const both = await bench.ask('compare', { path: 'plan.md', from: older, to: newer });
    assert.deepEqual([both.from?.text, both.to.text], ['one\n', 'two\n']);
    const alone = await bench.ask('compare', { path: 'plan.md', to: older });
    assert.deepEqual([alone.from, alone.to.text], [null, 'one\n']);
    await assert.rejects(bench.ask('compare', { path: 'plan.md', to: 'unknown' }), {
      kind: 'usage',
    });
  });

  test('a version is restored, and taken back', async (context) => {
    const bench = await openBench(context);
    bench.save('plan.md', 'one\n');
    await bench.sync();
    bench.save('plan.md', 'two\n');
    await bench.sync();
    const { versions } = await bench.ask('versions', { path: 'plan.md' });
    const version = versions[1]?.id ?? '';
    const dry = await bench.ask('restore', { path: 'plan.md', version, dryRun: true });
    assert.deepEqual(
      dry.restored.map(({ path, change }) => `${change} ${path}`),
      ['content plan.md'],
    );
    assert.equal(bench.read('plan.md'), 'two\n');
    const { restored, failed } = await bench.ask('restore', { path: 'plan.md', version });
    assert.deepEqual(failed, []);
    assert.equal(bench.read('plan.md'), 'one\n');
    assert.equal(bench.told.at(-1)?.type, 'changed');
    await bench.ask('undoRestore', { restored });
    assert.equal(bench.told.filter(({ type }) => type === 'changed').length, 2);
    assert.equal(bench.read('plan.md'), 'two\n');
  });

  test('a deleted file comes back, and goes again', async (context) => {
    const bench = await openBench(context);
    bench.save('plan.md', 'one\n');
    await bench.sync();
    bench.remove('plan.md');
    await bench.sync();
    const { entries } = await bench.ask('tree', { deleted: 'true' });
    const version = entries[0]?.version ?? '';
    const { deleted } = await bench.ask('versions', { path: 'plan.md', version });
    assert.equal(deleted, true);
    const { restored, before } = await bench.ask('restore', { path: 'plan.md', version });
    assert.equal(restored[0]?.change, 'back');
    assert.equal(bench.read('plan.md'), 'one\n');
    await bench.ask('restore', { path: 'plan.md', at: before, exact: true });
    assert.equal(bench.read('plan.md'), undefined);
  });

  test('a folder is made as it was, after telling what would change', async (context) => {
    const bench = await openBench(context);
    bench.save('Work/plan.md', 'one\n');
    bench.save('Work/gone.md', 'gone\n');
    const at = await bench.sync();
    bench.save('Work/plan.md', 'two\n');
    bench.remove('Work/gone.md');
    bench.save('Work/new.md', 'new\n');
    await bench.sync();
    const wish = { path: 'Work', at, exact: true };
    const dry = await bench.ask('restore', { ...wish, dryRun: true });
    const steps = dry.restored.map(({ path, change }) => `${change} ${path}`);
    assert.deepEqual(steps, ['back Work/gone.md', 'gone Work/new.md', 'content Work/plan.md']);
    assert.equal(bench.read('Work/plan.md'), 'two\n');
    const { before } = await bench.ask('restore', wish);
    assert.deepEqual(readdirSync(join(bench.notes, 'Work')).sort(), ['gone.md', 'plan.md']);
    await bench.ask('restore', { path: 'Work', at: before, exact: true });
    assert.deepEqual(readdirSync(join(bench.notes, 'Work')).sort(), ['new.md', 'plan.md']);
    assert.equal(bench.read('Work/plan.md'), 'two\n');
  });

  test('what is to be restored has to be clear', async (context) => {
    const bench = await openBench(context);
    bench.save('plan.md', 'one\n');
    const at = await bench.sync();
    for (const wish of [{}, { at, version: 'both' }]) {
      await assert.rejects(bench.ask('restore', { path: 'plan.md', ...wish }), { kind: 'usage' });
    }
    await assert.rejects(bench.ask('restore', { path: 'plan.md', version: 'none-such' }), {
      kind: 'usage',
    });
  });
});
