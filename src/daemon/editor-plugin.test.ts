/** The plugin of docs/api.md, as it stands there, against the real handlers on a real home. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkAnswers } from '../../test/support/checked-handlers.ts';
import { type EditorHome, openEditorHomes } from '../../test/support/editor-homes.ts';
import { createFakeDaemon, FAKE_HANDLERS } from '../../test/support/fake-daemon.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { ROOT } from '../../test/support/source-files.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import type { News } from '../api/events.ts';
import { fileHandlers } from './handlers/files.ts';
import type { Daemon, Host } from './ports.ts';
import { startServer } from './server.ts';

interface Plugin {
  connect(home: string, collection: string): Promise<Satchel>;
  openDocument(satchel: Satchel, path: string, merge: Merge): Promise<Document>;
  follow(
    satchel: Satchel,
    cursor: number | undefined,
    onChange: (change: { readonly path: string; readonly change: string }) => void,
  ): Promise<number>;
}

interface Satchel {
  read(path: string): Promise<{ readonly content: string; readonly rev: number }>;
  write(path: string, content: string, ifMatch?: string): Promise<{ readonly rev: number }>;
  attach(page: object, files: readonly object[]): Promise<unknown>;
  move(from: string, to: string): Promise<unknown>;
}

interface Document {
  readonly content: string;
  save(text: string): Promise<string>;
}

type Merge = (base: string | null, theirs: string | null, ours: string) => string | undefined;

async function loadPlugin(): Promise<Plugin> {
  const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(page)?.[1];
  assert.ok(code !== undefined, 'docs/api.md has no example');
  const path = join(temporaryFolder('plugin'), 'satchel.mjs');
  writeFileSync(path, code);
  return await import(pathToFileURL(path).href);
}

/** A daemon that serves the home of a test, and counts what it is told. */
interface Served {
  readonly wakes: () => number;
  readonly news: readonly News[];
}

async function serve(t: TestContext, { session, home }: EditorHome): Promise<Served> {
  const fake = createFakeDaemon(home);
  const news: News[] = [];
  let wakes = 0;
  const host: Host = {
    ...fake.host(),
    session: () => session,
    wake() {
      wakes += 1;
    },
  };
  const daemon: Daemon = {
    ...fake,
    news: { tell: (one) => news.push(one), subscribe: () => () => {} },
    host: () => host,
  };
  const server = await startServer({
    daemon,
    port: 0,
    clock: systemClock,
    random: systemRandom,
    handlers: checkAnswers({ ...FAKE_HANDLERS, ...fileHandlers }),
    pageFolder: undefined,
    log: (message) => assert.fail(message),
  });
  t.after(() => server.close());
  server.announce(home);
  return { wakes: () => wakes, news };
}

test('the plugin saves, merges what somebody else wrote, and follows', async (t) => {
  const [laptop, desktop] = await openEditorHomes(t, ['laptop', 'desktop']);
  assert.ok(laptop !== undefined && desktop !== undefined);
  const { wakes, news } = await serve(t, laptop);
  const { connect, openDocument, follow } = await loadPlugin();
  const satchel = await connect(laptop.home, 'Notes');
  const cursor = await follow(satchel, undefined, () => assert.fail('nothing before now'));

  await satchel.write('Plan.md', 'seeds\n', 'absent');
  assert.equal(readFileSync(join(laptop.folder, 'Plan.md'), 'utf8'), 'seeds\n');
  assert.equal(wakes(), 1);
  assert.equal(news[0]?.type, 'changed');
  const merge: Merge = (base, theirs, ours) => {
    assert.deepEqual([base, theirs, ours], ['seeds\n', 'seeds\nbulbs\n', 'seeds\ntrees\n']);
    return 'seeds\nbulbs\ntrees\n';
  };
  const plan = await openDocument(satchel, 'Plan.md', merge);

  await laptop.sync();
  await desktop.sync();
  writeFileSync(join(desktop.folder, 'Plan.md'), 'seeds\nbulbs\n');
  await desktop.sync();
  await laptop.sync();
  assert.equal(await plan.save('seeds\ntrees\n'), 'seeds\nbulbs\ntrees\n');
  await satchel.attach({ path: 'Page.md', content: '![](photo.jpg)' }, [
    { path: 'photo.jpg', content_base64: '/9j/4AAQ' },
  ]);
  await satchel.move('Page.md', 'Pages/Page.md');
  await assert.rejects(satchel.read('../Plan.md'), /"\.\." as a part/);

  const seen: string[] = [];
  await follow(satchel, cursor, ({ change, path }) => seen.push(`${change} ${path}`));
  assert.deepEqual(seen, ['written Plan.md', 'written photo.jpg', 'written Pages/Page.md']);
  await laptop.sync();
  await desktop.sync();
  assert.equal(readFileSync(join(desktop.folder, 'Plan.md'), 'utf8'), 'seeds\nbulbs\ntrees\n');
  assert.equal(readFileSync(join(desktop.folder, 'Pages/Page.md'), 'utf8'), '![](photo.jpg)');
});

test('a document that was deleted meanwhile is made anew only if the plugin says so', async (t) => {
  const [home] = await openEditorHomes(t, ['laptop']);
  assert.ok(home !== undefined);
  await serve(t, home);
  const { connect, openDocument } = await loadPlugin();
  const satchel = await connect(home.home, 'Notes');
  await satchel.write('a.md', 'a');
  await satchel.write('b.md', 'b');
  const kept = await openDocument(satchel, 'a.md', (_base, theirs, ours) => {
    assert.equal(theirs, null);
    return ours;
  });
  const left = await openDocument(satchel, 'b.md', () => undefined);
  await satchel.move('a.md', 'elsewhere/a.md');
  await satchel.move('b.md', 'elsewhere/b.md');
  assert.equal(await kept.save('a again'), 'a again');
  assert.equal(await left.save('b again'), 'b');
  assert.equal((await satchel.read('a.md')).content, 'a again');
  await assert.rejects(satchel.read('b.md'), /There is no file/);
});
