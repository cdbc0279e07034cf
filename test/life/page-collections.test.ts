/** Collections on the page: of two real devices, in a real browser. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { addCollection } from '../../src/app/collections.ts';
import { withSession } from '../../src/app/session.ts';
import { initRepository, joinRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { contextFor } from '../support/daemon-bench.ts';
import { until } from '../support/fake-daemon.ts';
import { startPage } from '../support/page-homes.ts';
import { type LookOptions, openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { temporaryFolder } from '../support/temporary.ts';

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** More files than are given at once. */
const MANY = 1_200;

/** A laptop with `Notes`, and a desktop that has sent `Photos`, which the laptop does not have. */
async function makeDevices(root: string): Promise<string> {
  const [laptop, desktop] = [join(root, 'laptop'), join(root, 'desktop')];
  const bucket = join(root, 'bucket');
  const notes = join(root, 'Notes');
  const photos = join(root, 'Desktop photos');
  put(notes, 'list.md', 'milk\n');
  put(photos, '2025/letter.txt', 'Dear reader,\nall is well.\n');
  put(photos, '2026/spring/walk.txt', 'a long walk\n');
  put(photos, '2026/spring/rain.txt', 'rain\n');
  put(photos, '2026/summer/sea.txt', 'the sea\n');
  for (let n = 0; n < MANY; n += 1)
    put(photos, `Archive/page-${String(n).padStart(4, '0')}.txt`, `${n}\n`);
  await initRepository(contextFor(laptop), { bucket, deviceName: 'laptop' }, undefined);
  await withSession(contextFor(laptop), 'test', (session) =>
    addCollection(session, 'vault', notes, undefined),
  );
  await syncHome(contextFor(laptop), 'test', undefined);
  await joinRepository(contextFor(desktop), { bucket, deviceName: 'desktop' }, async () => '');
  await withSession(contextFor(desktop), 'test', (session) =>
    addCollection(session, 'vault', photos, 'Photos'),
  );
  await syncHome(contextFor(desktop), 'test', undefined);
  put(photos, '2025/letter.txt', 'Dear reader,\nall is well again.\n');
  await syncHome(contextFor(desktop), 'test', undefined);
  return laptop;
}

suite('collections on the page', { skip: NO_BROWSER }, () => {
  let browser: Browser;
  let running: RunningDaemon;
  let root = '';
  before(async () => {
    root = temporaryFolder('page-collections');
    const pageFolder = join(root, 'page');
    const [home] = await Promise.all([makeDevices(root), buildWeb(pageFolder)]);
    running = await startPage(home, pageFolder);
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await running.close();
  });

  const look = async (options: Omit<LookOptions, 'url'> = {}) => {
    const opened = await openLook(browser, { url: running.newLink(), ...options });
    await opened.page.goto(`${running.origin}/collections`);
    await opened.page.getByRole('heading', { name: 'Photos' }).waitFor();
    return opened;
  };
  const bringing = (page: Page) => page.getByRole('dialog', { name: 'Bring Photos here' });

  test('what is elsewhere is told with its size and devices, and looked into without bringing it', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await page.getByText('On desktop', { exact: true }).waitFor();
    await page.getByText(`${(MANY + 4).toLocaleString('en-US')} files, `).waitFor();
    const card = page.getByRole('region', { name: 'Elsewhere' });
    await card.getByRole('link', { name: 'Look inside' }).click();
    await page.getByRole('link', { name: '2025' }).click();
    await page.getByRole('link', { name: 'letter.txt' }).click();
    await page.getByText('all is well again.').waitFor();
    await page
      .getByRole('list', { name: /Versions/ })
      .getByRole('button')
      .last()
      .click();
    await page.getByText('all is well.').waitFor();
    assert.equal(await page.title(), 'Photos · Satchel');
    assert.deepEqual(await violationsOf(page), []);
    await page.getByRole('link', { name: 'Top', exact: true }).click();
    await page.getByRole('link', { name: 'Archive' }).click();
    const list = page.getByLabel('What is in the folder');
    await list.getByText('page-0000.txt').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 40);
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('page-1000.txt').waitFor();
    await page.keyboard.press('End');
    await list.getByText('page-1199.txt').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 40);
    await page.getByLabel('Search').fill('PAGE-1199');
    await page.getByText('Archive/page-1199.txt').waitFor();
    assert.ok(!existsSync(join(root, 'laptop', 'Photos')));
    await page.goBack();
    await page.getByText('2025', { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('chosen folders are brought here, and others later; taken back, the files stay', async () => {
    await using window = await look();
    const { page } = window;
    const folder = join(root, 'Pictures here');
    await page.getByRole('button', { name: 'Bring here' }).click();
    const dialog = bringing(page);
    await dialog.getByLabel('Some folders only').check();
    await dialog.getByRole('button', { name: 'Bring here' }).click();
    await dialog.getByText('Choose at least one folder of the collection.').waitFor();
    await dialog.getByRole('checkbox', { name: /^2026/ }).check();
    await dialog.getByRole('button', { name: 'Folders in 2026' }).click();
    await dialog.getByRole('checkbox', { name: /^summer/ }).uncheck();
    await dialog.getByLabel('Folder on this computer').fill(join(root, 'Notes', 'inner'));
    await dialog.getByRole('button', { name: 'Bring here' }).click();
    await dialog.getByText(/lies inside .*Notes, which is attached already/).waitFor();
    await dialog.getByLabel('Folder on this computer').fill(folder);
    await dialog.getByText('This folder is made.').waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await dialog.getByRole('button', { name: 'Bring here' }).click();
    await page.getByText('Only 1 folder of it · Also on desktop').waitFor();
    await until('its files', () => existsSync(join(folder, '2026/spring/walk.txt')));
    assert.ok(!existsSync(join(folder, '2026/summer')));

    await page.getByRole('button', { name: 'What to do with Photos' }).click();
    await page.getByRole('menuitem', { name: 'Choose folders' }).click();
    const choice = page.getByRole('dialog', { name: 'Folders of Photos' });
    await choice.getByRole('checkbox', { name: /^2025/ }).check();
    await choice.getByRole('button', { name: 'Carry these' }).click();
    await until('more files', () => existsSync(join(folder, '2025/letter.txt')));

    await page.getByRole('button', { name: 'What to do with Photos' }).click();
    await page.getByRole('menuitem', { name: 'Stop carrying it here' }).click();
    await page
      .getByText(/Photos is no longer carried here/)
      .first()
      .waitFor();
    const elsewhere = page.getByRole('region', { name: 'Elsewhere' });
    await elsewhere.getByRole('heading', { name: 'Photos' }).waitFor();
    assert.equal(readFileSync(join(folder, '2026/spring/rain.txt'), 'utf8'), 'rain\n');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    const here = page.getByRole('region', { name: 'On this device' });
    await here.getByText('Only 2 folders of it').waitFor();
  });

  test('a folder is found, added and renamed, with keys alone', async () => {
    put(join(root, 'Kitchen', 'Recipes'), 'soup.md', 'soup\n');
    await using window = await look();
    const { page } = window;
    await page.getByRole('button', { name: 'Add a folder' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a folder' });
    await dialog.getByLabel('Folder on this computer').focus();
    await page.keyboard.type(join(root, 'Kitchen'));
    const found = dialog.getByRole('button', { name: /^Recipes/ });
    await found.focus();
    await page.keyboard.press('Enter');
    await dialog.getByText('Its files stay where they are.').waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await dialog.getByLabel('Name on all devices').focus();
    await page.keyboard.type('Cooking');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cooking' }).waitFor();
    await page.getByRole('button', { name: 'What to do with Cooking' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    const rename = page.getByRole('dialog', { name: 'Rename Cooking' });
    await rename.getByLabel('Name on all devices').fill('Notes');
    await page.keyboard.press('Enter');
    await rename.getByText('There is a collection "Notes" already.').waitFor();
    await rename.getByLabel('Name on all devices').fill('Kitchen');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Kitchen' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('heading', { name: 'Cooking' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async () => {
        await using window = await look({ colorScheme, widthPx });
        const { page } = window;
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
        await page.getByRole('link', { name: 'Look inside' }).last().click();
        await page.getByRole('link', { name: 'All collections' }).waitFor();
        await page.getByLabel('What is in the folder').waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
      });
    }
  }
});
