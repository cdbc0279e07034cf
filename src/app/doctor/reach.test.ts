import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { rejection } from '../../../test/store-conformance.ts';
import { reply, startServer } from '../../../test/support/canned-server.ts';
import { systemClock } from '../../../test/support/ports.ts';
import { errorWords } from '../trouble.ts';
import { insecureCheck, reach } from './reach.ts';

test('a certificate that is not checked, and clear text, are warned of beyond this machine', () => {
  const unchecked = insecureCheck(new URL('https://dav.example.org/'));
  assert.equal(unchecked?.outcome, 'warning');
  assert.match(unchecked?.hint ?? '', /--ca-file/);
  assert.match(insecureCheck(new URL('http://nas.example.org:8080/'))?.message ?? '', /clear text/);
  assert.equal(insecureCheck(new URL('http://127.0.0.1:8080/')), undefined);
  assert.equal(insecureCheck(new URL('https://localhost/')), undefined);
});

test('a proxy that cannot be read is told as such, and its password to nobody', async (context) => {
  const former = process.env.HTTPS_PROXY;
  context.after(() => {
    if (former === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = former;
  });
  process.env.HTTPS_PROXY = 'http://me:test#word@proxy.example.invalid:3128';
  const error = await rejection(reach(new URL('https://s3.example.invalid/'), systemClock));
  assert.equal(error.kind, 'usage');
  assert.match(errorWords(error), /^The proxy cannot be used: .*%23 for "#"/);
  assert.doesNotMatch(inspect(error), /test.word/);
});

test('a server is reached whatever its certificate is', async (context) => {
  const server = await startServer(context, reply(403, ''), { tls: true });
  const reached = await reach(new URL(server.endpoint), systemClock);
  assert.match(reached.tlsVersion ?? '', /^TLSv1\.[23]$/);
  assert.deepEqual(
    server.requests.map(({ method, url }) => `${method} ${url}`),
    ['HEAD /'],
  );
});
