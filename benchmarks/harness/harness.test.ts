import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCounter } from './counter.ts';
import { assertSameTree, linkTree, writeNotes } from './data.ts';
import { createSeeded } from './random.ts';
import { createWriter } from './text.ts';

test('a seed gives the same data again, and another purpose other data', () => {
  const bytes = (seed: number, purpose: string) => createSeeded(seed, purpose).bytes(32);
  assert.deepEqual(bytes(1, 'a'), bytes(1, 'a'));
  assert.notDeepEqual(bytes(1, 'a'), bytes(2, 'a'));
  assert.notDeepEqual(bytes(1, 'a'), bytes(1, 'b'));
});

test('a note has the size that was asked for', () => {
  const note = createWriter(createSeeded(1, 'note')).note(4096);
  assert.equal(Buffer.byteLength(note), 4096);
  assert.match(note, /^# \w+/);
});

test('a tree that lacks a file, or has other bytes in it, is not the same', async () => {
  const root = await mkdtemp(join(tmpdir(), 'satchel-data-'));
  try {
    const [first, second] = [join(root, 'first'), join(root, 'second')];
    await writeNotes(first, { count: 3, sizeBytes: 100, perFolder: 2 }, 1);
    await linkTree(first, second);
    await assertSameTree(first, second);
    await rm(join(second, 'Folder 0001/Note 000002.md'));
    await assert.rejects(assertSameTree(first, second), /did not arrive/);
    await writeNotes(second, { count: 3, sizeBytes: 100, perFolder: 2 }, 2);
    await assert.rejects(assertSameTree(join(root, 'first'), second), /other bytes/);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('the proxy hands on what it counts', async () => {
  const server = createServer((request, answer) => {
    request.resume().on('end', () => answer.end(`${request.method} ${request.headers.host}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const counter = await startCounter(`http://127.0.0.1:${address.port}`);
  try {
    const put = await fetch(`${counter.endpoint}/a`, { method: 'PUT', body: 'x'.repeat(10_000) });
    // Signatures cover the Host header, so the server has to see the one that was sent.
    assert.equal(await put.text(), `PUT ${new URL(counter.endpoint).host}`);
    await (await fetch(`${counter.endpoint}/a`)).text();
    const { requests, methods, upBytes, downBytes } = counter.take();
    assert.deepEqual({ requests, methods }, { requests: 2, methods: { PUT: 1, GET: 1 } });
    assert.equal(upBytes > 10_000 && upBytes < 11_000, true, String(upBytes));
    assert.equal(downBytes > 20 && downBytes < 1000, true, String(downBytes));
    assert.equal(counter.take().requests, 0);
  } finally {
    await counter.close();
    server.closeAllConnections();
    server.close();
  }
});
