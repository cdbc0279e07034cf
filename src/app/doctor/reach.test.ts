import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insecureCheck } from './reach.ts';

test('a certificate that is not checked, and clear text, are warned of beyond this machine', () => {
  const unchecked = insecureCheck(new URL('https://dav.example.org/'));
  assert.equal(unchecked?.outcome, 'warning');
  assert.match(unchecked?.hint ?? '', /--ca-file/);
  assert.match(insecureCheck(new URL('http://nas.example.org:8080/'))?.message ?? '', /clear text/);
  assert.equal(insecureCheck(new URL('http://127.0.0.1:8080/')), undefined);
  assert.equal(insecureCheck(new URL('https://localhost/')), undefined);
});
