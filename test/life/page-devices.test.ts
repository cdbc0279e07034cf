/** Devices, settings and keys on the page, before a real daemon with a home of its own. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { readSettings } from '../../src/app/home.ts';
import { unlockHome } from '../../src/app/key-ring.ts';
import { joinRepository } from '../../src/app/setup.ts';
import { syncHome } from '../../src/app/sync-home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { contextFor } from '../support/daemon-bench.ts';
import { until } from '../support/fake-daemon.ts';
import { startPageDaemon } from '../support/page-daemon.ts';
import { makeHome, startPage } from '../support/page-homes.ts';
import {
  type LookOptions,
  openLook,
  overflowPx,
  untilLoaded,
  violationsOf,
} from '../support/page-look.ts';
import { temporaryFolder } from '../support/temporary.ts';

const FIRST = 'the first passphrase';
const SECOND = 'the second passphrase';
const THIRD = 'the third passphrase';

suite('devices, settings and keys in a browser', { skip: NO_BROWSER }, () => {
  const root = temporaryFolder('page-devices');
  const [home, desktop, notes] = ['home', 'desktop', 'Notes'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  let browser: Browser;
  let daemon: RunningDaemon;
  let keychain: string | undefined;

  before(async () => {
    keychain = process.env.SATCHEL_KEYCHAIN;
    process.env.SATCHEL_KEYCHAIN = 'off';
    const bucket = join(root, 'bucket');
    mkdirSync(notes);
    writeFileSync(join(notes, 'trace.log'), 'twelve bytes');
    writeFileSync(join(notes, 'plan.md'), 'a plan\n');
    await makeHome(home, { notes, bucket }, async () => FIRST);
    await syncHome(contextFor(home), 'test', undefined);
    await joinRepository(contextFor(desktop), { bucket, deviceName: 'desktop' }, async () => FIRST);
    await syncHome(contextFor(desktop), 'test', undefined);
    const pageFolder = join(root, 'page');
    await buildWeb(pageFolder);
    browser = await openBrowser();
    daemon = await startPage(home, pageFolder);
    await daemon.daemon.host().sync();
  });
  after(async () => {
    await browser?.close();
    await daemon?.close();
    if (keychain === undefined) delete process.env.SATCHEL_KEYCHAIN;
    else process.env.SATCHEL_KEYCHAIN = keychain;
  });

  const look = (options: Omit<LookOptions, 'url'> = {}) =>
    openLook(browser, { url: daemon.newLink(), ...options });
  const preference = (name: string) => readSettings(home).preferences?.[name];

  async function goTo(page: Page, name: string): Promise<void> {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  test('a setting takes effect at once, and can be taken back', async () => {
    await using window = await look();
    const { page, complaints } = window;
    await goTo(page, 'Settings');
    await page.getByLabel('Sending', { exact: true }).selectOption('1 MB a second');
    await page.getByText('Sending: 1 MB a second now').first().waitFor();
    assert.equal(preference('limit.up'), 1_000_000);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Sending: 1 MB a second now').first().waitFor({ state: 'detached' });
    await until('the setting is back', () => preference('limit.up') === 0);
    const notifications = (checked: boolean) =>
      page.getByRole('switch', { name: 'Notifications on the desktop', checked });
    await notifications(true).click();
    await notifications(false).waitFor();
    assert.equal(preference('notifications'), 'off');
    await page.getByRole('button', { name: 'Notifications on the desktop: as it was' }).click();
    await notifications(true).waitFor();
    assert.equal(preference('notifications'), 'on');
    assert.deepEqual(complaints, []);
  });

  test('a value that nobody offers is typed, and a wrong one refused in words', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Settings');
    const transfers = page.getByLabel('Transfers at once', { exact: true });
    await transfers.selectOption('Another value…');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('100');
    await page.keyboard.press('Enter');
    await page.getByText('"100" cannot be the value of transfers.').first().waitFor();
    assert.equal(preference('transfers'), undefined);
    await transfers.selectOption('Another value…');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Transfers at once: as it was at first' }).waitFor();
    assert.equal(preference('transfers'), 12);
    assert.equal(await transfers.inputValue(), '12');
  });

  test('a collection is carried when its schedule says so', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Settings');
    await page.getByRole('tab', { name: 'Notes' }).click();
    await page.getByLabel('When it is carried', { exact: true }).selectOption('Every day at');
    const time = page.getByLabel('Time of the day');
    await time.fill('04:30');
    await time.press('Enter');
    const schedule = () => Object.values(readSettings(home).collections)[0]?.schedule;
    await until('the schedule', () => schedule() === 'daily 04:30');
    await page.getByLabel('When it is carried', { exact: true }).selectOption('At every change');
    await until('the schedule', () => schedule() === 'automatic');
  });

  test('ignore rules show what they match while they are written; a save is taken back', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Settings');
    await page.getByRole('tab', { name: 'Notes' }).click();
    await page.getByText('These rules change nothing.').waitFor();
    await page.getByLabel('Rules', { exact: true }).fill('*.log\n./Drafts');
    await page.getByText('1 file (12 B) is not carried any more.').waitFor();
    await page.getByText('Other devices have 1 file of these already').waitFor();
    await page.getByText('Line 2 matches nothing').waitFor();
    const path = join(notes, '.satchelignore');
    assert.ok(!existsSync(path), 'nothing is written yet');
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await until(
      'the rules',
      () => existsSync(path) && readFileSync(path, 'utf8') === '*.log\n./Drafts',
    );
    await page.getByRole('button', { name: 'Undo' }).click();
    await until('the rules are back', () => readFileSync(path, 'utf8') === '');
  });

  test('this device is renamed, and the name taken back', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Devices');
    await page.getByRole('button', { name: 'What to do with laptop' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Name', { exact: true }).fill('travel');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'travel', level: 3 }).waitFor();
    assert.equal(readSettings(home).deviceName, 'travel');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'laptop', level: 3 }).waitFor();
  });

  test('F8: the passphrase is changed by who knows it; the recovery key is shown once', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Keys');
    await page.getByText('Recovery key').first().waitFor();
    await page.getByRole('button', { name: 'Change the passphrase' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Present passphrase', { exact: true }).fill('a guess');
    await dialog.getByLabel('New passphrase', { exact: true }).fill(SECOND);
    await dialog.getByLabel('The same once more', { exact: true }).fill('another one');
    await page.keyboard.press('Enter');
    await dialog.getByText('The two are not the same.').waitFor();
    await dialog.getByLabel('The same once more', { exact: true }).fill(SECOND);
    await page.keyboard.press('Enter');
    await dialog.getByText('The passphrase is wrong.').waitFor();
    await dialog.getByLabel('Present passphrase', { exact: true }).fill(FIRST);
    await page.keyboard.press('Enter');
    await page.getByText('1 other passphrase removed').first().waitFor();
    await page.getByRole('button', { name: 'New recovery key' }).click();
    await dialog.getByLabel('Present passphrase', { exact: true }).fill(SECOND);
    // Who closes the dialog while the key is made is shown it all the same.
    const closed = Promise.withResolvers<void>();
    await page.route('**/api/keys/recovery', async (route) => {
      await closed.promise;
      await route.continue();
    });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    closed.resolve();
    await page.getByRole('heading', { name: 'Your new recovery key' }).waitFor();
    // Who looks at something else in between finds it again.
    await goTo(page, 'Overview');
    await goTo(page, 'Keys');
    await page.getByRole('heading', { name: 'Your new recovery key' }).waitFor();
    const shown = await page.locator('pre').textContent();
    assert.match(shown ?? '', /SATCHEL RECOVERY KIT[\s\S]*Repository {2}\S+/);
    await page.getByRole('button', { name: 'I have written it down' }).click();
    await page.getByText('The new recovery key replaces 1 earlier one').first().waitFor();
    await page.locator('pre').waitFor({ state: 'detached' });
    const recoveryKey = /Recovery key\s+(\S+)/.exec(shown ?? '')?.[1] ?? '';
    const { isPartial } = await unlockHome(contextFor(home), async () => recoveryKey);
    assert.equal(isPartial, false);
  });

  test('S14: a device that is lost is out, with a new key and what is left to do', async () => {
    await using window = await look();
    const { page } = window;
    await goTo(page, 'Devices');
    await page.getByRole('button', { name: 'What to do with desktop' }).click();
    await page.getByRole('menuitem', { name: 'Remove or report as lost' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove desktop' });
    await dialog.getByText('desktop sent something').waitFor();
    await dialog.getByLabel('It is lost or stolen').check();
    await dialog.getByLabel('Present passphrase', { exact: true }).fill(SECOND);
    await dialog.getByLabel('New passphrase', { exact: true }).fill(THIRD);
    await dialog.getByLabel('The same once more', { exact: true }).fill(THIRD);
    assert.deepEqual(await violationsOf(page), []);
    // That takes a while. Who goes elsewhere meanwhile, or afterwards, finds the new key here.
    const left = Promise.withResolvers<void>();
    await page.route('**/api/devices/remove', async (route) => {
      await left.promise;
      await route.continue();
    });
    await dialog.getByRole('button', { name: 'Report desktop as lost' }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await goTo(page, 'Overview');
    const answered = page.waitForResponse('**/api/devices/remove');
    left.resolve();
    await answered;
    await goTo(page, 'Devices');
    await page.getByRole('heading', { name: 'desktop is reported as lost' }).waitFor();
    await page.getByText('Destroy the old recovery key.').waitFor();
    const kit = await page.locator('pre').textContent();
    await goTo(page, 'Overview');
    assert.equal(await page.locator('pre').count(), 0);
    await goTo(page, 'Devices');
    assert.equal(await page.locator('pre').textContent(), kit);
    await page.keyboard.press('Escape');
    assert.deepEqual(await violationsOf(page), []);
    await page.getByRole('button', { name: 'I have written the recovery key down' }).click();
    await page.getByText('Lost', { exact: true }).waitFor();
    await assert.rejects(
      unlockHome(contextFor(desktop), async () => SECOND),
      { kind: 'refused' },
    );
    assert.equal((await unlockHome(contextFor(home), async () => THIRD)).added, 0);
  });

  test('long names, unreadable devices and slots of all kinds have room on a phone', async () => {
    const sample = await startPageDaemon(join(root, 'page'));
    try {
      await using window = await openLook(browser, { url: sample.server.newLink(), widthPx: 360 });
      const { page, complaints } = window;
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      for (const [path, words] of [
        ['devices', 'Cannot be read'],
        ['keys', 'Opens only what is older'],
        ['settings', 'Transfers at once'],
      ] as const) {
        await page.goto(`${sample.server.origin}/${path}`);
        await page.getByText(words).first().waitFor();
        assert.deepEqual(await violationsOf(page), [], path);
        assert.ok((await overflowPx(page)) <= 0, `${path} is wider than its window`);
      }
      const start = (checked: boolean) =>
        page.getByRole('switch', { name: 'Start with the computer', checked });
      await start(false).click();
      await start(true).waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await start(false).waitFor();
      await page.getByRole('tab', { name: 'Notes' }).click();
      await page.getByLabel('Rules', { exact: true }).fill('*.tmp\nDrafts/\n');
      await page.getByText('1,204 files (31 MB) are not carried any more.').waitFor();
      await page.getByText('and 1,192 others').waitFor();
      assert.deepEqual(await violationsOf(page), []);
      assert.deepEqual(complaints, []);
    } finally {
      await sample.server.close();
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async () => {
        await using window = await look({ colorScheme, widthPx });
        const { page } = window;
        await page.getByRole('heading', { name: 'Overview' }).waitFor();
        for (const [path, words] of [
          ['devices', 'This device'],
          ['keys', 'What opens the repository'],
          ['settings', 'Transfers at once'],
        ] as const) {
          await page.goto(`${daemon.origin}/${path}`);
          await page.getByText(words).first().waitFor();
          await untilLoaded(page);
          assert.deepEqual(await violationsOf(page), [], path);
          assert.ok((await overflowPx(page)) <= 0, `${path} is wider than its window`);
        }
        await page.getByRole('tab', { name: 'Notes' }).click();
        await page.getByText('These rules change nothing.').waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the rules are wider than their window');
      });
    }
  }
});
