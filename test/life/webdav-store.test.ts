/**
 * The store contract on real WebDAV servers (`test/support/servers.ts`). Every test works in a
 * folder of its own and removes it.
 */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { utf8 } from '../../src/base/bytes.ts';
import type { DavBucket } from '../../src/store/bucket-settings.ts';
import { withRetry } from '../../src/store/retry.ts';
import type { ObjectStore } from '../../src/store/store.ts';
import { parseBucketUrl } from '../../src/store/url.ts';
import { ensureWebDavFolder, openWebDavStore } from '../../src/store/webdav.ts';
import { WebDavClient } from '../../src/store/webdav-client.ts';
import { found, rejection, storeConformance } from '../store-conformance.ts';
import { davOptions, freshFolder } from '../support/buckets.ts';
import { DAV_SERVERS, suiteOnServers } from '../support/servers.ts';

suiteOnServers(DAV_SERVERS, 'the WebDAV store', (url, { id }) => {
  const server = davBucket(url);
  // Apache replaces in one step; rclone only by MOVE.
  const habits = { tagsLate: true, gapsInReplacing: id === 'dav-rclone' };

  storeConformance(
    'the WebDAV store',
    async (context) => withRetry(await openFresh(context, server), davOptions()),
    habits,
  );

  storeConformance(
    'the WebDAV store in a folder that needs escapes',
    async (context) =>
      withRetry(await openFresh(context, server, "Größe 1+1 & <2> %41 it's"), davOptions()),
    habits,
  );

  suite('what WebDAV leaves open', () => {
    folders(server);
    strangers(server);
    killedWrites(server);
    refusals(server);
  });
});

function folders(server: DavBucket): void {
  test("init makes the bucket's folder, with those above it, once and again", async (context) => {
    const bucket = await madeLater(context, server, 'a/b c/d');
    await ensureWebDavFolder(bucket, davOptions());
    await ensureWebDavFolder(bucket, davOptions());
    const store = await open(context, bucket);
    await store.put('heads/a', utf8('1'));
    assert.deepEqual((await store.list('')).objects, [{ key: 'heads/a', sizeBytes: 1 }]);
  });

  test("nothing else makes the bucket's folder: without it every request tells so", async (context) => {
    const bucket = await madeLater(context, server, 'never');
    const requests = [
      (store: ObjectStore) => store.get('heads/a'),
      (store: ObjectStore) => store.put('heads/a', utf8('1')),
      (store: ObjectStore) => store.put('a', utf8('1')),
      (store: ObjectStore) => store.list(''),
      (store: ObjectStore) => store.list('heads/'),
    ];
    for (const request of requests) {
      const error = await rejection(request(await open(context, bucket)));
      assert.match(error.message, /there is no folder .*\/never at 127\.0\.0\.1/);
      assert.deepEqual([error.kind, error.retry], ['usage', 'never']);
      assert.match(error.hint ?? '', /satchel init/);
    }
  });

  test('a folder that was removed meanwhile is made again', async (context) => {
    const bucket = await madeLater(context, server, 'x');
    await ensureWebDavFolder(bucket, davOptions());
    const store = await open(context, bucket);
    await store.put('blobs/ab/1', utf8('1'));
    await remove({ ...bucket, path: `${bucket.path}/blobs` });
    await store.put('blobs/ab/2', utf8('2'));
    assert.deepEqual(found(await store.get('blobs/ab/2')).body, utf8('2'));
  });
}

function strangers(server: DavBucket): void {
  test('names that no Satchel wrote are strange, however they are spelled', async (context) => {
    const bucket = await madeLater(context, server, 'x');
    await ensureWebDavFolder(bucket, davOptions());
    const store = await open(context, bucket);
    await store.put('heads/ours', utf8('1'));
    const names = ['heads/A b+c', 'heads/ä%2F', 'heads/a&b<c>', "heads/it's", 'heads/a?b#c', '.x'];
    const client = new WebDavClient(bucket, davOptions());
    for (const path of names) {
      assert.equal((await client.send({ method: 'PUT', path, body: utf8('x') })).status, 201);
    }
    assert.equal((await client.send({ method: 'MKCOL', path: 'Other/' })).status, 201);
    client.close();
    const listing = await store.list('');
    assert.deepEqual(listing.objects, [{ key: 'heads/ours', sizeBytes: 1 }]);
    assert.deepEqual([...listing.strange].sort(), [...names, 'Other/'].sort());
    assert.equal(listing.pages, 2);
  });
}

function killedWrites(server: DavBucket): void {
  test('a writer that dies in the middle of a body leaves the former one', async (context) => {
    const bucket = await madeLater(context, server, 'x');
    await ensureWebDavFolder(bucket, davOptions());
    const store = await open(context, bucket);
    const former = new Uint8Array(300_000).fill(1);
    await store.put('heads/a', former);
    const line = await cutLine(context, server.host, 200_000);
    const dying = await open(context, { ...bucket, host: line.host });
    const lost = rejection(dying.put('heads/a', new Uint8Array(300_000).fill(2)));
    await line.isFull;
    assert.equal(Buffer.compare(found(await store.get('heads/a')).body, former), 0);
    line.cut();
    assert.match((await lost).message, /broke/);
    assert.equal(Buffer.compare(found(await store.get('heads/a')).body, former), 0);
    assert.deepEqual(await store.list(''), {
      objects: [{ key: 'heads/a', sizeBytes: 300_000 }],
      strange: [],
      pages: 2,
    });
  });
}

/** A line to the server that carries so many bytes there and then none, until it is cut. */
async function cutLine(context: TestContext, server: string, limitBytes: number) {
  const { hostname, port } = new URL(`http://${server}`);
  const full = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const line = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let sentBytes = 0;
    client.on('data', (chunk) => {
      const rest = chunk.subarray(0, limitBytes - sentBytes);
      sentBytes += rest.length;
      upstream.write(rest);
      if (sentBytes === limitBytes) full.resolve();
    });
    upstream.pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
  });
  const cut = () => {
    line.close();
    for (const socket of sockets) socket.destroy();
  };
  context.after(cut);
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const address = line.address();
  const ownPort = typeof address === 'object' ? address?.port : undefined;
  return { host: `127.0.0.1:${ownPort}`, isFull: full.promise, cut };
}

function refusals(server: DavBucket): void {
  test('a wrong password, and none, are refused with what to do', async (context) => {
    const wrong = await openWebDavStore(server, { ...davOptions(), password: 'test-wrong' });
    context.after(() => wrong.close());
    const error = await rejection(wrong.list(''));
    assert.deepEqual([error.kind, error.retry], ['refused', 'never']);
    assert.match(error.message, /does not accept the password of "test-user"/);
    assert.match(error.hint ?? '', /app password/);

    const { user: _, ...nobody } = server;
    const anonymous = await open(context, nobody);
    assert.match((await rejection(anonymous.get('a'))).message, /asks for a user and a password/);
  });
}

function davBucket(text: string): DavBucket {
  const settings = parseBucketUrl(text);
  return settings.kind === 'dav' ? settings : assert.fail(`${text} is no dav:// URL`);
}

async function open(context: TestContext, bucket: DavBucket): Promise<ObjectStore> {
  const store = await openWebDavStore(bucket, davOptions());
  context.after(() => store.close());
  return store;
}

/** A bucket below a fresh folder that goes when the test is over, itself not yet made. */
async function madeLater(context: TestContext, server: DavBucket, below: string) {
  const fresh = { ...server, path: freshFolder(server.path) };
  await ensureWebDavFolder(fresh, davOptions());
  context.after(() => remove(fresh));
  return { ...fresh, path: `${fresh.path}/${below}` };
}

async function openFresh(
  context: TestContext,
  server: DavBucket,
  below = 'bucket',
): Promise<ObjectStore> {
  const bucket = await madeLater(context, server, below);
  await ensureWebDavFolder(bucket, davOptions());
  return open(context, bucket);
}

/** Removes a folder with all that is in it. */
async function remove(bucket: DavBucket): Promise<void> {
  const client = new WebDavClient(bucket, davOptions());
  await client.send({ method: 'DELETE', path: '' });
  client.close();
}
