/** What was done is told, and taken back, wherever a person has gone meanwhile. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_BROWSER } from '../support/browser.ts';
import { openPageBench, type PageBench } from '../support/page-bench.ts';
import { startPageDaemon } from '../support/page-daemon.ts';
import { openLook } from '../support/page-look.ts';
import { sampleHome } from '../support/page-sample.ts';
import { systemClock } from '../support/ports.ts';

const REFUSED = {
  status: 409,
  json: { error: { kind: 'attention', message: 'another device was faster', hint: null } },
};

suite('doing and undoing on the page', { skip: NO_BROWSER }, () => {
  let bench: PageBench;
  before(async () => {
    bench = await openPageBench();
  });
  after(() => bench?.close());

  /** Through the page itself: it is not loaded anew. */
  async function go(page: Page, name: string): Promise<void> {
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  const message = (page: Page, words: string) =>
    page.getByRole('listitem').filter({ hasText: words });

  /** Lets nothing that is sent to an address through, until it is told to. */
  async function holdBack(page: Page, path: string): Promise<() => void> {
    const release = Promise.withResolvers<void>();
    await page.route(`**${path}`, async (route) => {
      if (route.request().method() === 'POST') await release.promise;
      await route.fallback();
    });
    return release.resolve;
  }

  /** Until a setting is set to what it was. */
  const untilUndone = (page: Page) =>
    page.waitForRequest((request) => request.postData()?.includes('"off"') === true);

  test('each of two settings is told, though the page was left before the answers', async () => {
    await using window = await bench.look();
    const { page } = window;
    await go(page, 'Settings');
    const release = await holdBack(page, '/api/settings');
    await page.getByLabel('Sending', { exact: true }).selectOption('1 MB a second');
    await page.getByLabel('Fetching', { exact: true }).selectOption('2 MB a second');
    await go(page, 'Overview');
    release();
    await message(page, 'Fetching: 2 MB a second now').waitFor();
    const sending = message(page, 'Sending: 1 MB a second now');
    const undone = untilUndone(page);
    await sending.getByRole('button', { name: 'Undo' }).click();
    const { changes } = (await undone).postDataJSON();
    assert.deepEqual(changes, [{ name: 'limit.up', value: 'off' }]);
  });

  test('a refusal is told where the page that asked was left', async () => {
    await using window = await bench.look();
    const { page } = window;
    await page.route('**/api/pause', (route) => route.fulfill(REFUSED));
    const release = await holdBack(page, '/api/pause');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await go(page, 'Settings');
    release();
    await message(page, 'Another device was faster').waitFor();
  });

  test('what was done is told before all that the page shows is asked for again', async () => {
    await using window = await bench.look();
    const { page } = window;
    await page.getByText('2026/letter-01.pdf').waitFor();
    const release = Promise.withResolvers<void>();
    await page.route('**/api/activity*', async (route) => {
      await release.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await message(page, 'Everything is paused').waitFor();
    release.resolve();
  });

  test('a refused undo is told, though the dialog of what it takes back is gone', async () => {
    await using window = await bench.look();
    const { page } = window;
    await go(page, 'Devices');
    await page.getByRole('button', { name: 'What to do with laptop' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('travel');
    await page.keyboard.press('Enter');
    const renamed = message(page, 'This device is called travel now');
    await renamed.getByRole('button', { name: 'Undo' }).waitFor();
    await page.route('**/api/devices/rename', (route) => route.fulfill(REFUSED));
    await renamed.getByRole('button', { name: 'Undo' }).click();
    await message(page, 'Another device was faster').waitFor();
    await page.unroute('**/api/devices/rename');
  });

  test('a form that was closed too soon tells how it went', async () => {
    await using window = await bench.look();
    const { page } = window;
    const answers = [REFUSED, { json: { id: 'music-id', name: 'Songs' } }];
    await page.route('**/api/collections/rename', (route) => route.fulfill(answers.shift()));
    const release = await holdBack(page, '/api/collections/rename');
    await go(page, 'Collections');
    for (const name of ['Notes', 'Songs']) {
      await page.getByRole('button', { name: 'What to do with Music' }).click();
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await page.getByRole('dialog').getByLabel('Name on all devices').fill(name);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await go(page, 'Overview');
    release();
    await message(page, 'Another device was faster').waitFor();
    await message(page, 'Music is called Songs now').waitFor();
  });

  test('a device that could not be removed is told of, though the form was closed too soon', async () => {
    await using window = await bench.look();
    const { page } = window;
    await page.route('**/api/devices/remove', (route) => route.fulfill(REFUSED));
    const release = await holdBack(page, '/api/devices/remove');
    await go(page, 'Devices');
    await page.getByRole('button', { name: /^What to do with The desktop/ }).click();
    await page.getByRole('menuitem', { name: 'Remove or report as lost' }).click();
    await page.getByRole('button', { name: /^Remove The desktop/ }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await go(page, 'Overview');
    release();
    await message(page, 'Another device was faster').waitFor();
  });

  test('a key that comes is told, though what asked for it goes with the need for it', async () => {
    const home = sampleHome(systemClock.now());
    bench.daemon.setHome({ ...home, needsKey: true });
    try {
      await using window = await bench.look();
      const { page } = window;
      await page.route('**/api/keys/unlock', async (route) => {
        bench.daemon.setHome(home);
        await page
          .getByLabel('Passphrase or recovery key', { exact: true })
          .waitFor({ state: 'detached' });
        await route.fulfill({ json: { added: 1, isPartial: true } });
      });
      await go(page, 'Keys');
      await page.getByLabel('Passphrase or recovery key', { exact: true }).fill('the one before');
      await page.keyboard.press('Enter');
      await message(page, 'This was from before the last change of the key').waitFor();
    } finally {
      bench.daemon.setHome(home);
    }
  });

  test('a link is there, and taken back, for a person who was elsewhere meanwhile', async () => {
    await using window = await bench.look();
    const { page } = window;
    const until = new Date(systemClock.now() + 15 * 60_000).toISOString();
    const link = 'satchel:test-link';
    const made = { id: 'abc', link, code: 'TEST-CODE', until, hasCredentials: true, notices: [] };
    let state = 'waiting';
    await page.route('**/api/link', (route) => route.fulfill({ json: made }));
    await page.route('**/api/link/state*', (route) =>
      route.fulfill({ json: { state, secondsLeft: 800 } }),
    );
    await page.route('**/api/link/cancel', (route) => {
      state = 'used';
      return route.fulfill({ json: {} });
    });
    const toLink = async (): Promise<void> => {
      await go(page, 'Devices');
      await page.getByRole('link', { name: 'Link a device' }).click();
      await page.getByRole('heading', { name: 'Link a device' }).waitFor();
    };
    const giveLink = await holdBack(page, '/api/link');
    await toLink();
    await page.getByRole('button', { name: 'Make a link' }).click();
    await go(page, 'Overview');
    const given = page.waitForResponse('**/api/link');
    giveLink();
    await given;
    await toLink();
    await page.getByText('TEST-CODE').waitFor();
    const takeBack = await holdBack(page, '/api/link/cancel');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await go(page, 'Overview');
    takeBack();
    await message(page, 'The link is taken back').waitFor();
    await toLink();
    await page.getByRole('button', { name: 'Make a link' }).waitFor();
  });

  test('an undo concerns the home in which it was done, whichever is shown by now', async () => {
    const daemon = await startPageDaemon(bench.folder);
    try {
      const first = sampleHome(systemClock.now());
      const bucket = 's3://other-bucket/satchel';
      daemon.setHome({ ...first, repository: 'other-home', bucket, collections: [] });
      await using window = await openLook(bench.browser, { url: daemon.server.newLink() });
      const { page } = window;
      await go(page, 'Settings');
      await page.getByLabel('Sending', { exact: true }).selectOption('1 MB a second');
      const told = message(page, 'Sending: 1 MB a second now');
      await told.waitFor();
      await page.getByRole('button', { name: first.bucket }).click();
      await page.getByRole('menuitemradio', { name: bucket }).click();
      await page.getByRole('button', { name: bucket }).waitFor();
      const undone = untilUndone(page);
      await told.getByRole('button', { name: 'Undo' }).click();
      assert.equal((await undone).postDataJSON().home, first.repository);
    } finally {
      await daemon.server.close();
    }
  });

  test('settings of a collection that goes make room for those of the device', async () => {
    const daemon = await startPageDaemon(bench.folder);
    try {
      const home = sampleHome(systemClock.now());
      await using window = await openLook(bench.browser, { url: daemon.server.newLink() });
      const { page } = window;
      await go(page, 'Settings');
      await page.getByRole('tab', { name: 'Notes' }).click();
      await page.getByLabel('Rules', { exact: true }).waitFor();
      daemon.setHome({ ...home, collections: home.collections.slice(1) });
      await page.getByLabel('Sending', { exact: true }).waitFor();
    } finally {
      await daemon.server.close();
    }
  });
});
