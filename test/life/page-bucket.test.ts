/** The bucket and the performance of devices on the page: before a real home, and one that is billed. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { contextFor } from '../support/daemon-bench.ts';
import { type PageDaemon, startPageDaemon } from '../support/page-daemon.ts';
import { makeHome, startPage } from '../support/page-homes.ts';
import { openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { systemClock } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary.ts';

suite('the bucket in a browser', { skip: NO_BROWSER }, () => {
  const root = temporaryFolder('page-bucket');
  const [home, notes] = [join(root, 'home'), join(root, 'Notes')];
  let browser: Browser;
  let daemon: RunningDaemon;
  let billed: PageDaemon;

  before(async () => {
    const pageFolder = join(root, 'page');
    mkdirSync(notes);
    writeFileSync(join(notes, 'plan.md'), 'a plan\n');
    writeFileSync(join(notes, 'photo.jpg'), 'x'.repeat(64_000));
    await makeHome(home, { notes, bucket: join(root, 'bucket') });
    await syncHome(contextFor(home), 'test', undefined);
    await buildWeb(pageFolder);
    [browser, billed] = await Promise.all([openBrowser(), startPageDaemon(pageFolder)]);
    daemon = await startPage(home, pageFolder);
    await daemon.daemon.host().sync();
  });
  after(async () => {
    await browser?.close();
    await daemon?.close();
    await billed?.server.close();
  });

  async function goTo(page: Page, name: string): Promise<void> {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  /** How many points of a plot have a colour: a canvas that nobody drew on has none. */
  const inkOf = (page: Page): Promise<readonly number[]> =>
    page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const { width, height } = canvas;
      // A copy: reading often from what the page draws on slows it, and the browser complains.
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      return data.filter((value, index) => index % 4 === 3 && value > 0).length;
    })`);

  async function untilDrawn(page: Page, plots: number): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      const ink = await inkOf(page);
      if (ink.length >= plots && ink.every((points) => points > 500)) return;
      await systemClock.sleep(50);
    }
    throw new Error(`only ${await inkOf(page)} was drawn`);
  }

  test('what takes space is told, and the whole bucket once it is counted', async () => {
    await using window = await openLook(browser, { url: daemon.newLink() });
    const { page, complaints } = window;
    await goTo(page, 'Bucket');
    await page.getByText('64 kB').first().waitFor();
    await page.getByText('1 file, 64 kB').waitFor();
    assert.equal(await page.getByText('Contents of files').count(), 0);
    await page.getByRole('button', { name: 'Count now' }).click();
    await page.getByText('Contents of files').waitFor();
    await page.getByRole('button', { name: 'Count again' }).waitFor();
    await page.getByText('nobody bills for requests').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('the doctor examines, and pruning shows what would go before anything does', async () => {
    await using window = await openLook(browser, { url: daemon.newLink() });
    const { page, complaints } = window;
    await goTo(page, 'Bucket');
    await page.getByRole('button', { name: 'Examine the bucket' }).click();
    await page.getByText(/Nothing is wrong with this bucket|\d+ warnings?\./).waitFor();
    assert.ok((await page.getByText('Fine', { exact: true }).count()) > 3);
    await page.getByRole('button', { name: 'See what can go' }).click();
    await page.getByText('there is nothing to free').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Free it' }).count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('a save shows on the performance page with the time that it took', async () => {
    writeFileSync(join(notes, 'new.md'), 'new\n');
    await daemon.daemon.host().sync();
    await using window = await openLook(browser, { url: daemon.newLink() });
    const { page, complaints } = window;
    await goTo(page, 'Performance');
    await page.getByText(/half of the saves were there within/).waitFor();
    await untilDrawn(page, 3);
    await page.getByText('In numbers').first().click();
    const row = page.getByRole('table').first().getByRole('row').nth(1);
    assert.match((await row.textContent()) ?? '', /3$/, 'two files at first, one now');
    assert.deepEqual(complaints, []);
  });

  test('a limit for the month is set where the costs are, and taken back', async () => {
    await using window = await openLook(browser, { url: billed.server.newLink() });
    const { page, complaints } = window;
    await goTo(page, 'Bucket');
    await page.getByText('$0.20', { exact: true }).first().waitFor();
    const limit = page.getByLabel('Limit for a month, in USD');
    await limit.fill('a little');
    await limit.press('Enter');
    await page.getByText('Write an amount such as 2 or 0.50.').waitFor();
    await limit.fill('0,10');
    await limit.press('Enter');
    await page.getByText(/waits 4.2 times as long/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Without a limit,').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('what cannot be freed is told with its reason', async () => {
    await using window = await openLook(browser, { url: billed.server.newLink() });
    const { page } = window;
    await goTo(page, 'Bucket');
    await page.getByRole('button', { name: 'See what can go' }).click();
    await page.getByText(/No longer needed: 212 objects, 84 MB/).waitFor();
    await page.getByRole('button', { name: 'Free it' }).click();
    await page.getByText('The bucket does not answer.').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in ${colorScheme}, nothing is cut off on a phone, plots are drawn`, async () => {
      for (const [name, plots] of [
        ['Bucket', 3],
        ['Performance', 4],
      ] as const) {
        await using window = await openLook(browser, { url: billed.server.newLink(), colorScheme });
        const { page, complaints } = window;
        await goTo(page, name);
        await untilDrawn(page, plots);
        if (name === 'Bucket') {
          await page.getByRole('button', { name: 'Examine the bucket' }).click();
          await page.getByText('1 warning.').waitFor();
        }
        await page.getByText('In numbers').first().click();
        assert.deepEqual(await violationsOf(page), [], name);
        await page.setViewportSize({ width: 360, height: 740 });
        await untilDrawn(page, plots);
        assert.ok((await overflowPx(page)) <= 0, `${name} is too wide for a phone`);
        assert.deepEqual(await violationsOf(page), [], `${name} on a phone`);
        assert.deepEqual(complaints, []);
      }
    });
  }

  test('plots follow the theme that a person chooses', async () => {
    await using window = await openLook(browser, { url: billed.server.newLink() });
    const { page } = window;
    await goTo(page, 'Performance');
    await untilDrawn(page, 4);
    const picture = (): Promise<string> =>
      page.evaluate(`document.querySelector('canvas').toDataURL()`);
    const light = await picture();
    await page.evaluate(`document.documentElement.dataset.theme = 'dark'`);
    for (let tries = 0; tries < 300 && (await picture()) === light; tries += 1) {
      await systemClock.sleep(20);
    }
    assert.notEqual(await picture(), light);
  });
});
