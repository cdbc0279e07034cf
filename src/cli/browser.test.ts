/** Opening the page where there is a desktop, and only there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserCall } from './browser.ts';

const ADDRESS = 'file:///home/me/open.html';

test('a desktop of Linux is told by its display', () => {
  assert.equal(browserCall(ADDRESS, 'linux', {}), undefined);
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY']) {
    const call = browserCall(ADDRESS, 'linux', { [name]: 'any' });
    assert.deepEqual(call, { program: 'xdg-open', args: [ADDRESS] });
  }
});

test('macOS and Windows have one, but not for who came over the network', () => {
  for (const platform of ['darwin', 'win32'] as const) {
    assert.equal(browserCall(ADDRESS, platform, {})?.args.at(-1), ADDRESS);
    assert.equal(browserCall(ADDRESS, platform, { SSH_CONNECTION: '192.0.2.1 1' }), undefined);
  }
});
