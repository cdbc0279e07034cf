/** The homes that a daemon serves, and what becomes of one that it cannot serve at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { openHomeBench } from '../../test/support/home-bench.ts';
import { Homes } from './homes.ts';

test('a home whose door did not open at first is tried again when the homes are asked for', async (context) => {
  const bench = await openHomeBench(context);
  const troubles: string[] = [];
  let tries = 0;
  const homes = new Homes({
    folders: [bench.home],
    makeHost: () => bench.makeHost(),
    async onAdded(home) {
      assert.equal(home, bench.home);
      tries += 1;
      if (tries === 1) throw new Error('no room for a socket');
    },
    onTrouble: (words) => troubles.push(words),
  });
  assert.equal(homes.all().length, 1);
  await bench.clock.until('the trouble', () => troubles.length > 0);
  assert.deepEqual([tries, troubles], [1, ['no room for a socket']]);
  homes.all();
  await settled();
  assert.equal(tries, 2);
  homes.all();
  await settled();
  assert.equal(tries, 2);
});
