import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededRandom } from '../../test/support/ports.ts';
import { formatLinkCode, newLinkCode, parseLinkCode } from './link-code.ts';

test('a code is read as it was shown, in any case and with any gaps', () => {
  const code = newLinkCode(createSeededRandom(1));
  const shown = formatLinkCode(code);
  assert.match(shown, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  for (const typed of [shown, code, shown.toLowerCase(), ` ${[...code].join(' ')} `]) {
    assert.equal(parseLinkCode(typed), code);
  }
});

test('what looks like a character of a code counts as it', () => {
  assert.equal(parseLinkCode('oOiIlLuU'), '001111VV');
});

test('what has too few or too many characters, or others, is no code', () => {
  for (const typed of ['', '1234567', '123456789', '1234567!', 'ÄBCDEFGH']) {
    assert.equal(parseLinkCode(typed), undefined, typed);
  }
});

test('every character comes up, and none that looks like another', () => {
  const random = createSeededRandom(2);
  const seen = new Set(Array.from({ length: 200 }, () => [...newLinkCode(random)]).flat());
  assert.equal(seen.size, 32);
  for (const lookAlike of 'ILOU') assert.ok(!seen.has(lookAlike));
});
