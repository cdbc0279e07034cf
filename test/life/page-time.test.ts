/** Looking through time at the page, in a real browser, with real daemon, files and bucket. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { until } from '../support/fake-daemon.ts';
import { type LookOptions, openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { openTimeWorld, PLAN, type TimeWorld } from '../support/page-time.ts';
import { temporaryFolder } from '../support/temporary.ts';

suite('looking through time', { skip: NO_BROWSER }, () => {
  let browser: Browser;
  let world: TimeWorld;
  before(async () => {
    const page = join(temporaryFolder('time-page'), 'page');
    await buildWeb(page);
    [browser, world] = await Promise.all([openBrowser(), openTimeWorld(page)]);
  });
  after(async () => {
    await browser.close();
    await world.daemon.close();
  });

  const look = async (path: string, options: Omit<LookOptions, 'url'> = {}) => {
    const opened = await openLook(browser, { url: world.daemon.newLink(), ...options });
    await opened.page.goto(`${world.daemon.origin}${path}`);
    return opened;
  };
  const entry = (page: Page, name: string) =>
    page.getByRole('link', { name: new RegExp(`^${name}`) });
  const atFirst = (): string => `at=${new Date(world.firstMs).toISOString()}`;
  const fileNow = (path: string): string | undefined => {
    const place = join(world.notes, path);
    return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
  };

  test('the time line leads to a moment, and the folders are those of that moment', async () => {
    await using window = await look('/');
    const { page, complaints } = window;
    await page.getByRole('link', { name: 'Time' }).click();
    await page.getByText('Notes as it is now').waitFor();
    await entry(page, 'Work').click();
    await entry(page, 'new.md').waitFor();
    assert.equal(await entry(page, 'old.md').count(), 0);
    const line = page.getByRole('slider', { name: 'Moment on the time line' });
    await line.focus();
    await page.keyboard.press('Home');
    await page.getByText(/^Notes as it was on/).waitFor();
    await entry(page, 'old.md').waitFor();
    assert.equal(await entry(page, 'new.md').count(), 0);
    assert.match((await line.getAttribute('aria-valuetext')) ?? '', /: 4 saves$/);
    await page.keyboard.press('End');
    await entry(page, 'new.md').waitFor();
    await page.goBack();
    await entry(page, 'old.md').waitFor();
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await page.getByText('Notes as it is now').waitFor();
    const [x, y] = await page.evaluate<[number, number]>(`(() => {
      const bars = [...document.querySelectorAll('main svg rect')].map((bar) => bar.getBoundingClientRect());
      const highest = bars.reduce((one, other) => (other.height > one.height ? other : one));
      return [highest.x + highest.width / 2, highest.y + highest.height / 2];
    })()`);
    await page.mouse.click(x, y);
    await page.getByText(/: 1,200 saves$/).waitFor();
    await page.getByText(/^Notes as it was on/).waitFor();
    assert.equal(await page.title(), 'Time · Satchel');
    assert.deepEqual(complaints, []);
  });

  test('a typed date and time leads there, too', async () => {
    await using window = await look('/time?in=Work');
    const { page } = window;
    await entry(page, 'new.md').waitFor();
    const typed = await page.evaluate(
      `(() => { const t = new Date(${world.firstMs}); t.setMinutes(t.getMinutes() - t.getTimezoneOffset()); return t.toISOString().slice(0, 19); })()`,
    );
    await page.getByLabel('Date and time').fill(String(typed));
    await entry(page, 'old.md').waitFor();
  });

  test('a deleted file is found by searching, looked at, brought back, and that taken back', async () => {
    await using window = await look('/time');
    const { page, complaints } = window;
    await page.getByLabel('Search').fill('OLD.md');
    await page.getByText('No file is called so').waitFor();
    await page.getByLabel('Deleted files, too').check();
    await entry(page, 'Work/old.md').click();
    await page.getByText('an old one').waitFor();
    await page.getByText('Notes / Work/old.md, deleted').waitFor();
    await page.getByRole('button', { name: /^Restore the version of/ }).click();
    await page.getByText('Work/old.md is restored').first().waitFor();
    assert.equal(fileNow('Work/old.md'), 'an old one\n');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back: 1 file').first().waitFor();
    assert.equal(fileNow('Work/old.md'), undefined);
    assert.deepEqual(complaints, []);
  });

  test('any two versions of a file are compared, and a former one is restored', async () => {
    await using window = await look('/time?file=Work/plan.md');
    const { page, complaints } = window;
    await page.getByText('3 versions').waitFor();
    await page.getByText('Dig in March.').first().waitFor();
    const list = page.getByLabel('Versions of Work/plan.md, the newest first');
    await list
      .getByRole('radio', { name: /^Compare from/ })
      .last()
      .check();
    await list
      .getByRole('radio', { name: /^Compare to/ })
      .nth(1)
      .check();
    await page.getByText('Dig in March.').first().waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'As one text' }).click();
    await page.getByText('three bulbs').first().waitFor();
    await list
      .getByRole('button', { name: /^Restore/ })
      .last()
      .click();
    await page.getByText('4 versions').waitFor();
    assert.equal(fileNow('Work/plan.md'), PLAN.first);
    await page.getByRole('button', { name: 'Undo' }).click();
    await until('the restore is taken back', () => fileNow('Work/plan.md') === PLAN.third);
    // Until the new version is on the list, a click at a row may meet the row above it.
    await page.getByText('5 versions').waitFor();
    await list
      .getByRole('link', { name: /see the folder as it was then$/ })
      .last()
      .click();
    await entry(page, 'old.md').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('pictures are seen side by side, and other files told by their sizes', async () => {
    await using window = await look('/time?file=Work/sketch.bmp');
    const { page, complaints } = window;
    await page.getByText('1 × 1 pixels').first().waitFor();
    assert.equal(await page.getByRole('img', { name: /laptop/ }).count(), 2);
    assert.deepEqual(complaints, []);
    await page.goto(`${world.daemon.origin}/time?file=Work/data.bin`);
    await page.getByText('Not a text: 3 B').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Save a copy/ }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'data.bin');
    assert.deepEqual([...readFileSync(await download.path())], [0, 1, 2]);
  });

  test('a folder is restored as it was, after telling what would change, and that taken back', async () => {
    await using window = await look(`/time?in=Work&${atFirst()}`);
    const { page, complaints } = window;
    writeFileSync(join(world.notes, 'Work/unsaved.md'), 'of just now\n');
    await page.getByRole('button', { name: 'Restore this folder as it was' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore Work' });
    await dialog.getByText('1 file comes back, 2 files get their former content.').waitFor();
    await dialog.getByLabel('Remove what has come since').check();
    await dialog.getByText(/3 files go\.$/).waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await dialog.getByRole('button', { name: 'Restore 6 files' }).click();
    await page.getByText('6 files restored').first().waitFor();
    const names = () => readdirSync(join(world.notes, 'Work')).sort();
    assert.deepEqual(names(), ['old.md', 'plan.md', 'sketch.bmp']);
    assert.equal(fileNow('Work/plan.md'), PLAN.first);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back: 6 files').first().waitFor();
    assert.deepEqual(names(), ['data.bin', 'new.md', 'plan.md', 'sketch.bmp', 'unsaved.md']);
    assert.equal(fileNow('Work/plan.md'), PLAN.third);
    assert.deepEqual(complaints, []);
  });

  test('a folder with more files than are given at once is scrolled to its end', async () => {
    await using window = await look('/time?in=Archive');
    const { page } = window;
    const list = page.getByLabel('What is in the folder');
    await list.getByText('page-0000.md').waitFor();
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('page-1005.md').waitFor();
    await page.keyboard.press('End');
    await list.getByText('page-1199.md').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 60);
  });

  test('whoever walks with the keyboard stays in what is shown, and begins at its top', async () => {
    await using window = await look('/time');
    const { page } = window;
    await page.setViewportSize({ width: 1280, height: 400 });
    const focusIn = (place: string) => page.locator(`${place} :focus, ${place}:focus`);
    const scrolledPx = () => page.evaluate('scrollY');
    await entry(page, 'Work').press('Enter');
    await focusIn('main').filter({ hasText: 'Search in this folder' }).waitFor();
    await entry(page, 'plan.md').press('Enter');
    await page.getByText(/^\d+ versions$/).waitFor();
    await page.locator('main:focus').waitFor();
    assert.equal(await scrolledPx(), 0);
    await page
      .getByRole('link', { name: /see the folder as it was then$/ })
      .last()
      .press('Enter');
    await entry(page, 'old.md').waitFor();
    await page.locator('main:focus').waitFor();
    assert.equal(await scrolledPx(), 0);
    // A moment is chosen on the time line: there it stays.
    await page.getByRole('slider', { name: 'Moment on the time line' }).press('End');
    await entry(page, 'new.md').waitFor();
    await page.locator('input[type=range]:focus').waitFor();
    const collections = page.getByRole('combobox', { name: 'Collection' });
    await collections.focus();
    await collections.selectOption('Recipes');
    await page.getByText('Recipes as it is now').waitFor();
    await page.locator('select:focus').waitFor();
  });

  test('a long folder goes on where news came while its next part was on the way', async () => {
    await using window = await look('/time?in=Archive');
    const { page } = window;
    const list = page.getByLabel('What is in the folder');
    await list.getByText('page-0000.md').waitFor();
    const held = Promise.withResolvers<void>();
    let isHeld = false;
    await page.route('**/api/tree?*', async (route) => {
      if (isHeld || !route.request().url().includes('after=')) return await route.continue();
      isHeld = true;
      await held.promise;
      // The page waits for it no more.
      await route.abort().catch(() => undefined);
    });
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('More is coming…').waitFor();
    await until('the next part is asked for', () => isHeld);
    const again = page.waitForResponse((answer) => answer.url().includes('/api/tree?'));
    writeFileSync(join(world.notes, 'Home/news.md'), 'of just now\n');
    await again;
    held.resolve();
    await list.getByText('More is coming…').waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await list.getByText('page-1199.md').waitFor();
  });

  test('a percent sign in a name is no more than that', async () => {
    await using window = await look('/time?file=Home/a%2520b.md');
    const { page } = window;
    await page.getByText('with a percent sign').first().waitFor();
    await page.goto(`${world.daemon.origin}/time?file=Home/a%20b.md`);
    await page.getByText('with a blank').first().waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async () => {
        await using window = await look(`/time?deleted=true&in=Work&${atFirst()}`, {
          colorScheme,
          widthPx,
        });
        const { page } = window;
        await entry(page, 'old.md').waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
        await page.goto(`${world.daemon.origin}/time?file=Work/plan.md`);
        await page.getByText('three bulbs').first().waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
      });
    }
  }
});
