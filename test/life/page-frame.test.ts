/** What holds on every page: what is known stays, ways lead on, and long names have their room. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_BROWSER } from '../support/browser.ts';
import { openPageBench, type PageBench } from '../support/page-bench.ts';
import { startPageDaemon } from '../support/page-daemon.ts';
import { openLook, overflowPx, untilLoaded } from '../support/page-look.ts';
import { sampleHome } from '../support/page-sample.ts';
import { systemClock } from '../support/ports.ts';

/** As long as the name of a file may be, with nothing to break it at. */
const LONG = `${'wide🏔️'.repeat(20)}${'x'.repeat(35)}`;

suite('the frame of the page', { skip: NO_BROWSER }, () => {
  let bench: PageBench;
  before(async () => {
    bench = await openPageBench();
  });
  after(() => bench?.close());

  const look: PageBench['look'] = (options) => bench.look(options);

  /** Through the page itself: it is not loaded anew. */
  async function go(page: Page, name: string): Promise<void> {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  }

  test('what was seen is seen again while the daemon is away, however long that takes', async () => {
    const short = await startPageDaemon(bench.folder);
    await using window = await openLook(bench.browser, { url: short.server.newLink() });
    const { page } = window;
    await page.clock.install();
    await page.reload();
    await go(page, 'Devices');
    await page.getByRole('heading', { name: 'At work' }).waitFor();
    await go(page, 'Overview');
    await page.getByText('2026/letter-01.pdf').waitFor();
    await short.server.close();
    await page.getByText('Satchel does not answer: this is how things were.').waitFor();
    // By now what was known is old, and is asked for again in vain.
    await page.clock.fastForward(60_000);
    const asked = page.waitForEvent('requestfailed', (request) =>
      request.url().includes('/api/devices'),
    );
    await go(page, 'Devices');
    await asked;
    await page.clock.fastForward(1_000);
    await page.getByRole('heading', { name: 'At work' }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await go(page, 'Performance');
    await page.getByRole('alert').getByText('This part of the page could not be loaded').waitFor();
  });

  test('from the bucket to another one, and from there the bucket is still where one is', async () => {
    await using window = await look();
    const { page } = window;
    await go(page, 'Bucket');
    await page.getByText('s3://my-bucket/satchel').waitFor();
    await page.getByRole('link', { name: 'Use another bucket' }).click();
    await page.getByRole('heading', { name: 'Where is the bucket to be?' }).waitFor();
    const here = page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current="page"]');
    assert.deepEqual(await here.allTextContents(), ['Bucket']);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    const home = sampleHome(systemClock.now());
    bench.daemon.setHome({ ...home, bucket: 'file:///home/person/.satchel-demo/bucket' });
    await page.getByRole('link', { name: 'Use my own bucket' }).waitFor();
    bench.daemon.setHome(home);
  });

  test('paused stays said where something needs a person as well', async () => {
    await using window = await look();
    const { page } = window;
    const home = sampleHome(systemClock.now());
    bench.daemon.setHome({ ...home, paused: true });
    const standing = page.getByRole('status').filter({ hasText: 'things need you' });
    await standing.getByText('Needs attention').waitFor();
    await standing.getByText('Paused', { exact: true }).waitFor();
    bench.daemon.setHome(home);
  });

  test('a refusal that names a command leads to the page that does the same', async () => {
    await using window = await look();
    const { page } = window;
    await page.route('**/api/sync', (route) =>
      route.fulfill({
        status: 409,
        json: {
          error: {
            kind: 'attention',
            message: 'the key was changed on another device',
            hint: 'Run "satchel keys unlock" first.',
          },
        },
      }),
    );
    await page.getByRole('button', { name: 'Sync now' }).click();
    const toast = page.getByRole('listitem').filter({ hasText: 'The key was changed' });
    await toast.getByText('Run "satchel keys unlock" first.').waitFor();
    await toast.getByRole('link', { name: 'Keys' }).click();
    await page.getByRole('heading', { name: 'What opens the repository' }).waitFor();
  });

  test('an address is about the file that it names, whatever is in the name', async () => {
    await using window = await look();
    const { page } = window;
    for (const [address, api] of [
      ['/conflicts?collection=Notes&path=', '/api/conflict'],
      ['/collections?look=music-id&file=', '/api/collections/look/versions'],
      ['/time?file=', '/api/versions'],
    ] as const) {
      const asked = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith(api));
      await page.goto(`${bench.daemon.server.origin}${address}a%2520b%252.md`);
      const { searchParams } = new URL((await asked).url());
      assert.equal(searchParams.get('path'), 'a%20b%2.md', address);
    }
  });

  test('a dialog begins with what is to be filled in', async () => {
    await using window = await look();
    const { page } = window;
    await go(page, 'Collections');
    await page.getByRole('button', { name: 'Add a folder' }).click();
    await page.getByRole('dialog', { name: 'Add a folder' }).waitFor();
    await page.keyboard.type('/home/person');
    assert.equal(await page.getByLabel('Folder on this computer').inputValue(), '/home/person');
  });

  test('a dialog gives the focus back, or to the page where what had it cannot have it', async () => {
    await using window = await look();
    const { page } = window;
    await go(page, 'Collections');
    const add = page.getByRole('button', { name: 'Add a folder' });
    await add.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Add a folder' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('button:focus').filter({ hasText: 'Add a folder' }).waitFor();
    // From a menu, which is gone by then, as well.
    await page.getByRole('button', { name: 'Options of this page' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Keyboard' }).press('Enter');
    const keyboard = page.getByRole('dialog', { name: 'Keyboard' });
    await keyboard.waitFor();
    await page.keyboard.press('Escape');
    await page.locator('main:focus, header button:focus').waitFor();
    await add.focus();
    await page.keyboard.press('?');
    await keyboard.waitFor();
    // Behind the dialog it is there for the eyes alone.
    await page.evaluate("document.querySelector('main button').disabled = true");
    await page.keyboard.press('Escape');
    await page.locator('main:focus').waitFor();
  });

  test('what another view of a page shows begins at its top, and has the focus', async () => {
    await using window = await look();
    const { page } = window;
    await go(page, 'Collections');
    const inside = page.getByRole('link', { name: /^Look inside/ }).last();
    await page.setViewportSize({ width: 1280, height: 400 });
    for (const link of [inside, page.getByRole('link', { name: 'All collections' })]) {
      await link.press('Enter');
      await link.waitFor({ state: 'detached' });
      await page.locator('main:focus').waitFor();
      assert.equal(await page.evaluate('scrollY'), 0);
    }
  });

  for (const widthPx of [360, 1280]) {
    test(`names of 255 bytes have their room, ${widthPx} pixels wide`, async () => {
      const home = sampleHome(systemClock.now());
      const [first, ...others] = home.collections;
      assert.ok(first !== undefined);
      bench.daemon.setHome({
        ...home,
        bucket: `file:///${LONG}`,
        collections: [
          { ...first, name: LONG, folder: `/home/${LONG}`, lastError: LONG },
          ...others,
        ],
      });
      try {
        await using window = await look({ widthPx });
        const { page } = window;
        for (const path of ['/', '/bucket', '/time', '/settings', '/own-bucket', '/keys']) {
          await page.goto(`${bench.daemon.server.origin}${path}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await untilLoaded(page);
          assert.ok((await overflowPx(page)) <= 0, `${path} is wider than its window`);
        }
      } finally {
        bench.daemon.setHome(home);
      }
    });
  }

  test('a phone says where one is, also behind "More"', async () => {
    await using window = await look({ widthPx: 390 });
    const { page } = window;
    const more = page.getByRole('button', { name: 'More' });
    const colour = () =>
      page.evaluate("getComputedStyle(document.querySelector('nav li:last-child button')).color");
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const elsewhere = await colour();
    await more.click();
    await page.getByRole('menuitem', { name: 'Devices' }).click();
    await page.getByRole('heading', { name: 'At work' }).waitFor();
    assert.notEqual(await colour(), elsewhere);
  });
});
