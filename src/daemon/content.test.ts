/** The bytes of versions over HTTP, and what a browser may do with them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { openEditorHomes } from '../../test/support/editor-homes.ts';
import { createFakeDaemon, FAKE_HANDLERS, until } from '../../test/support/fake-daemon.ts';
import { systemClock, systemRandom } from '../../test/support/ports.ts';
import { fileVersions } from '../app/file-history.ts';
import { contentHeaders } from './content.ts';
import { startServer } from './server.ts';

const PIXEL = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** A server before a home with the vault `Notes`, and what its files were. */
async function serve(t: TestContext) {
  const [one] = await openEditorHomes(t, ['laptop']);
  assert.ok(one !== undefined);
  const { session, home, folder, sync } = one;
  const fake = createFakeDaemon(home);
  const host = { ...fake.host(), session: () => session };
  const logged: string[] = [];
  const server = await startServer({
    daemon: { ...fake, host: () => host, homes: () => [host] },
    port: 0,
    clock: systemClock,
    random: systemRandom,
    handlers: FAKE_HANDLERS,
    pageFolder: undefined,
    log: (message) => logged.push(message),
  });
  t.after(() => server.close());
  server.announce(home);
  const { token } = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8'));
  return {
    home,
    logged,
    save: (path: string, content: string | Uint8Array) =>
      writeFileSync(join(folder, path), content),
    remove: (path: string) => rmSync(join(folder, path)),
    sync,
    versions: async (path: string) =>
      (await fileVersions(session, { collection: 'Notes', path })).versions,
    ask: (path: string, version: string, headers: Readonly<Record<string, string>> = {}) => {
      const query = new URLSearchParams({ collection: 'Notes', path, version });
      return fetch(`${server.origin}/api/content?${query}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    },
    anonymously: (path: string, version: string) => {
      const query = new URLSearchParams({ collection: 'Notes', path, version });
      return fetch(`${server.origin}/api/content?${query}`);
    },
  };
}

suite('the content of versions', () => {
  test('comes byte for byte, long and empty ones as well', async (t) => {
    const { save, sync, versions, ask } = await serve(t);
    const long = systemRandom.bytes(9 * 1024 * 1024);
    save('long.bin', long);
    save('empty.md', '');
    save('plan.md', 'one');
    await sync();
    save('plan.md', 'two');
    await sync();
    const [newer, older] = await versions('plan.md');
    assert.equal(await (await ask('plan.md', newer?.id ?? '')).text(), 'two');
    assert.equal(await (await ask('plan.md', older?.id ?? '')).text(), 'one');
    const [empty] = await versions('empty.md');
    assert.equal(await (await ask('empty.md', empty?.id ?? '')).text(), '');
    const [whole] = await versions('long.bin');
    const answer = await ask('long.bin', whole?.id ?? '');
    assert.equal(answer.headers.get('content-length'), String(long.length));
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(long));
  });

  test('a page that somebody wrote into a file is saved, and never shown as one', async (t) => {
    const { save, sync, versions, ask } = await serve(t);
    save('evil.html', '<script>fetch("/api/status")</script>');
    save('pixel.png', PIXEL);
    await sync();
    const [evil] = await versions('evil.html');
    const { headers } = await ask('evil.html', evil?.id ?? '');
    assert.equal(headers.get('content-type'), 'application/octet-stream');
    assert.match(headers.get('content-disposition') ?? '', /^attachment/);
    assert.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'");
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('cache-control'), 'no-store');
    const [pixel] = await versions('pixel.png');
    const picture = await ask('pixel.png', pixel?.id ?? '');
    assert.equal(picture.headers.get('content-type'), 'image/png');
    assert.match(picture.headers.get('content-disposition') ?? '', /^inline/);
    assert.match(picture.headers.get('content-security-policy') ?? '', /^sandbox/);
  });

  test('is behind the guard like everything else', async (t) => {
    const { save, sync, versions, ask, anonymously } = await serve(t);
    save('plan.md', 'one');
    await sync();
    const id = (await versions('plan.md'))[0]?.id ?? '';
    assert.equal((await anonymously('plan.md', id)).status, 401);
    const other = await ask('plan.md', id, { 'sec-fetch-site': 'cross-site' });
    assert.equal(other.status, 403);
    assert.doesNotMatch(await other.text(), /one/);
  });

  test('that ends in the middle is cut short, and told in the log in one line', async (t) => {
    const { home, save, sync, versions, ask, logged } = await serve(t);
    const complaints = [t.mock.method(console, 'error'), t.mock.method(console, 'info')];
    for (const { mock } of complaints) mock.mockImplementation(() => {});
    save('long.bin', systemRandom.bytes(24 * 1024 * 1024));
    await sync();
    save('long.bin', 'short by now');
    await sync();
    const [, whole] = await versions('long.bin');
    const blobs = join(home, '../bucket/blobs');
    const stored = readdirSync(blobs, { recursive: true, encoding: 'utf8' })
      .map((name) => join(blobs, name))
      .filter((path) => statSync(path).size > 100_000);
    assert.ok(stored.length > 2);
    await cutWithoutLater(stored, () => ask('long.bin', whole?.id ?? ''));
    await until('it is told', () => logged.length > 0);
    assert.equal(logged.length, 1);
    assert.match(logged[0] ?? '', /^long\.bin was not read to its end: [^\n]+$/);
    assert.deepEqual(
      complaints.map(({ mock }) => mock.callCount()),
      [0, 0],
    );
  });

  test('is told in words where there is none', async (t) => {
    const { save, remove, sync, versions, ask } = await serve(t);
    save('plan.md', 'one');
    await sync();
    remove('plan.md');
    await sync();
    const [deleted] = await versions('plan.md');
    const answer = await ask('plan.md', deleted?.id ?? '');
    assert.equal(answer.status, 400);
    const { error } = JSON.parse(await answer.text());
    assert.match(error.message, /was deleted with this version/);
    assert.equal((await ask('plan.md', 'none-such')).status, 400);
    assert.equal((await ask('never.md', 'none-such')).status, 400);
  });
});

/** Takes one blob away that the content does not begin with: the answer has begun when it fails. */
async function cutWithoutLater(
  stored: readonly string[],
  ask: () => Promise<Response>,
): Promise<void> {
  for (const path of stored) {
    renameSync(path, `${path}.away`);
    // How much of it arrives before the connection is cut is a matter of chance.
    const status = await ask().then(
      async (answer) => {
        const body = await answer.arrayBuffer().catch(() => undefined);
        return body === undefined ? 'cut' : answer.status;
      },
      () => 'cut',
    );
    if (status === 'cut') return;
    assert.notEqual(status, 200, 'what is not whole is taken for it');
    renameSync(`${path}.away`, path);
  }
  assert.fail('the content begins with each of the blobs');
}

test('pictures are known by their names, and names may have any letters', () => {
  const { 'content-disposition': disposition } = contentHeaders({
    name: `a "b'*\n.md`,
    sizeBytes: 1,
  });
  assert.equal(disposition, `attachment; filename*=UTF-8''a%20%22b%27%2A%0A.md`);
  assert.equal(contentHeaders({ name: 'A.JPG', sizeBytes: 1 })['content-type'], 'image/jpeg');
  const svg = contentHeaders({ name: 'a.svg', sizeBytes: 1 });
  assert.equal(svg['content-type'], 'image/svg+xml');
  assert.match(svg['content-disposition'] ?? '', /^attachment/);
});
