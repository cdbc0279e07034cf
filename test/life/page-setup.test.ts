/**
 * Setting up in a real browser, before real daemons: from nothing to a folder that is carried, on an
 * S3 service; one more device by a link, another by passphrase; and from the first look around to a
 * bucket of one's own.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { isSetUp } from '../../src/app/home.ts';
import type { RunningDaemon } from '../../src/daemon/daemon.ts';
import { NO_BROWSER, openBrowser } from '../support/browser.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { beSomebody, startPageOf, textOnce } from '../support/page-homes.ts';
import { type LookOptions, openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { temporaryFolder } from '../support/temporary.ts';

const PASSPHRASE = 'lantern gravel otter mustard';

suite('setting up in a browser', { skip: NO_BROWSER }, () => {
  let browser: Browser;
  let page = '';
  before(async () => {
    page = temporaryFolder('page');
    await buildWeb(page);
    browser = await openBrowser();
  });
  after(() => browser.close());

  /** A computer with folders of notes, and nothing else. */
  const computer = (context: TestContext): string => {
    const root = temporaryFolder('page-setup');
    beSomebody(context, join(root, 'me'));
    mkdirSync(join(root, 'me/Notes'));
    mkdirSync(join(root, 'me/Pictures'));
    writeFileSync(join(root, 'me/Notes/list.md'), 'Bread\n');
    return root;
  };
  const device = async (context: TestContext, root: string, name: string) => {
    const home = join(root, `${name}-home`);
    return { home, running: await startPageOf(context, home, page) };
  };
  const look = (running: RunningDaemon, options: Omit<LookOptions, 'url'> = {}) =>
    openLook(browser, { url: running.newLink(), ...options });

  test('from nothing to a carried folder, and a second device by a link', async (context) => {
    const root = computer(context);
    const server = await startFakeS3(context);
    const laptop = await device(context, root, 'laptop');
    await using window = await look(laptop.running);
    const first = window.page;
    await setUpOnMinio(first, server.endpoint);
    await first.getByRole('heading', { name: 'Your recovery kit' }).waitFor();
    assert.ok(await first.getByRole('button', { name: 'Go on' }).isDisabled());
    await sound(first);
    await first.getByLabel('I have it on paper').check();
    await first.getByRole('button', { name: 'Go on' }).click();
    await first.getByRole('button', { name: 'Notes', exact: true }).click();
    await first.getByRole('button', { name: 'Carry this folder' }).click();
    await first.getByLabel('Folders that take part').getByText('Notes', { exact: true }).waitFor();
    await sound(first);
    await first.getByRole('button', { name: 'Done' }).click();
    await first.getByRole('heading', { name: 'Overview' }).waitFor();
    await first.getByText('Notes', { exact: true }).first().waitFor();

    await first.goto(`${laptop.running.origin}/devices`);
    await first.getByRole('link', { name: 'Link a device' }).click();
    await first.getByRole('button', { name: 'Make a link' }).click();
    await first.getByRole('img', { name: 'The link as a QR code' }).waitFor();
    await first.getByText(/left\.$/).waitFor();
    await sound(first);
    const link = await first.getByLabel('The link', { exact: true }).inputValue();
    const code = await first.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();

    const desktop = await device(context, root, 'desktop');
    await using other = await look(desktop.running);
    const second = other.page;
    await second.getByRole('button', { name: /I have a link/ }).click();
    await second.getByLabel('The link').fill(link);
    await second.getByLabel('The code').fill('0000-0000');
    await second.getByLabel('What is this device called?').fill('desktop');
    await second.getByRole('button', { name: 'Join' }).click();
    await second.getByText('The code is wrong.').waitFor();
    assert.ok(!isSetUp(desktop.home));
    await second.getByLabel('The code').fill(code.toLowerCase());
    await second.getByRole('button', { name: 'Join' }).click();
    await second.getByRole('button', { name: 'Bring Notes here' }).click();
    const elsewhere = join(root, 'me/Elsewhere');
    await second.getByLabel('The folder for Notes').fill(elsewhere);
    await second.getByText('It is made.').waitFor();
    await sound(second);
    await second.getByRole('button', { name: 'Bring here' }).click();
    await second.getByLabel('Folders that take part').getByText('Notes', { exact: true }).waitFor();
    assert.equal(await textOnce(elsewhere, 'list.md'), 'Bread\n');
    await first.getByText('The link was used: the other device is being set up').waitFor();
    const rejected = /400|403|failed to load resource/i;
    assert.deepEqual(
      other.complaints.filter((words) => !rejected.test(words)),
      [],
    );
    assert.deepEqual(window.complaints, []);
  });

  test('a device joins by its passphrase; a wrong one, and a bucket that is gone, are told', async (context) => {
    const root = computer(context);
    const server = await startFakeS3(context);
    const laptop = await device(context, root, 'laptop');
    {
      await using window = await look(laptop.running);
      await setUpOnMinio(window.page, server.endpoint);
      await window.page.getByRole('heading', { name: 'Your recovery kit' }).waitFor();
    }
    const tablet = await device(context, root, 'tablet');
    await using window = await look(tablet.running);
    const { page: second } = window;
    await second.getByRole('button', { name: /Choose a bucket/ }).click();
    await second.getByRole('button', { name: /Type or paste the address/ }).click();
    await second
      .getByLabel('What is its address?')
      .fill(`s3://my-notes/satchel?endpoint=${server.endpoint}&region=us-east-1&path-style=true`);
    await second.getByRole('button', { name: 'Try it' }).click();
    assert.equal(await second.getByText('Please fill this in.').count(), 2, 'the two keys');
    await typeKeys(second);
    await second.getByRole('button', { name: 'Try it' }).click();
    await second.getByRole('button', { name: 'Join with this device' }).click();
    const secret = second.getByLabel('Passphrase, or recovery key', { exact: true });
    await secret.fill('not the one');
    await second.getByRole('button', { name: 'Join' }).click();
    await second
      .getByText(/passphrase.*(wrong|opens)/i)
      .first()
      .waitFor();
    await sound(second);
    const bucket = server.buckets.get('my-notes');
    server.buckets.delete('my-notes');
    await secret.fill(PASSPHRASE);
    await second.getByRole('button', { name: 'Join' }).click();
    await second
      .getByRole('alert')
      .getByText(/bucket/)
      .first()
      .waitFor();
    assert.ok(!isSetUp(tablet.home), 'nothing half made is left');
    if (bucket !== undefined) server.buckets.set('my-notes', bucket);
    await second.getByRole('button', { name: 'Join' }).click();
    await second.getByRole('heading', { name: 'Which folders take part?' }).waitFor();
    await second.getByRole('button', { name: 'Later' }).click();
    await second.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  test('the recovery kit stays, though the daemon starts again before it is written down', async (context) => {
    const root = computer(context);
    const { home, running } = await device(context, root, 'laptop');
    await using window = await look(running);
    const { page: only } = window;
    await setUpInFolder(only, join(root, 'bucket'), PASSPHRASE);
    await only.getByRole('heading', { name: 'Your recovery kit' }).waitFor();
    const kit = await only.locator('pre').textContent();
    await running.close();
    const again = await startPageOf(context, home, page, Number(new URL(running.origin).port));
    await only.getByText('This browser is not signed in').waitFor();
    const other = await only.context().newPage();
    await other.goto(again.newLink());
    await other.getByRole('heading', { name: 'Overview' }).waitFor();
    // Back at the first window: a window that is looked at again asks again.
    await only.evaluate("dispatchEvent(new Event('visibilitychange'))");
    await only.getByRole('heading', { name: 'Your recovery kit' }).waitFor();
    assert.equal(await only.locator('pre').textContent(), kit);
    await only.getByLabel('I have it on paper').check();
    await only.getByRole('button', { name: 'Go on' }).click();
    await only.locator('pre').waitFor({ state: 'detached' });
    await only.getByRole('button', { name: 'Later' }).click();
    await only.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  test('a passphrase that ends in a blank is taken as it is, here and when joining', async (context) => {
    const root = computer(context);
    const bucket = join(root, 'bucket');
    const laptop = await device(context, root, 'laptop');
    {
      await using window = await look(laptop.running);
      await setUpInFolder(window.page, bucket, 'two words ');
      await window.page.getByRole('heading', { name: 'Your recovery kit' }).waitFor();
    }
    const tablet = await device(context, root, 'tablet');
    await using window = await look(tablet.running);
    const { page: second } = window;
    await second.getByRole('button', { name: /Choose a bucket/ }).click();
    await second.getByRole('button', { name: /^A folder/ }).click();
    await second.getByLabel('Which folder?').fill(bucket);
    await second.getByRole('button', { name: 'Try it' }).click();
    await second.getByRole('button', { name: 'Join with this device' }).click();
    await second.getByLabel('Passphrase, or recovery key', { exact: true }).fill('two words ');
    await second.getByRole('button', { name: 'Join' }).click();
    await second.getByRole('heading', { name: 'Which folders take part?' }).waitFor();
  });

  test('from the first look around to a bucket of their own, with all that is there', async (context) => {
    const root = computer(context);
    const { running } = await device(context, root, 'laptop');
    await using window = await look(running);
    const { page: only, complaints } = window;
    const demo = join(root, '.satchel-demo/bucket');
    const own = join(root, 'me/Own bucket');
    await only.getByRole('button', { name: /Choose a bucket/ }).click();
    await only.getByRole('button', { name: /^A folder/ }).click();
    await tryFolder(only, demo);
    await only.getByText('Without encryption').click();
    await only.getByLabel('Do not encrypt').check();
    await only.getByRole('button', { name: 'Set up' }).click();
    await only.getByRole('button', { name: 'Notes', exact: true }).click();
    await only.getByRole('button', { name: 'Carry this folder' }).click();
    await only.getByRole('button', { name: 'Done' }).click();
    await only.getByRole('link', { name: 'Use my own bucket' }).click();
    await only.getByRole('button', { name: /^A folder/ }).click();
    await tryFolder(only, own);
    await only.getByText(`To file://${own.replaceAll(' ', '%20')}`).waitFor();
    await sound(only);
    await only.getByRole('button', { name: 'Carry everything over' }).click();
    await only.getByText('Everything is in your bucket now').waitFor();
    await only.getByRole('link', { name: 'To the overview' }).click();
    await only.getByRole('link', { name: 'Use my own bucket' }).waitFor({ state: 'detached' });
    await running.daemon.host().sync();
    assert.ok(existsSync(join(own, 'satchel.json')));
    assert.ok(readdirSync(join(own, 'heads')).length > 0);
    assert.deepEqual(complaints, []);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async (context) => {
        const root = computer(context);
        const { running } = await device(context, root, 'laptop');
        await using window = await look(running, { colorScheme, widthPx });
        const { page: shown } = window;
        await shown.getByRole('heading', { name: 'Set up this device' }).waitFor();
        await sound(shown);
        await shown.getByRole('button', { name: /Choose a bucket/ }).click();
        await shown.getByRole('heading', { name: 'Where is the bucket to be?' }).waitFor();
        await sound(shown);
        await shown.getByRole('button', { name: /^Wasabi/ }).click();
        await shown.getByRole('button', { name: 'Try it' }).click();
        await shown.getByText('Please fill this in.').first().waitFor();
        const begins = await shown.evaluate('document.activeElement.getAttribute("aria-invalid")');
        assert.equal(begins, 'true', 'whoever has to go on does so where something is missing');
        await sound(shown);
        await shown.getByRole('button', { name: 'Back' }).click();
        await shown.getByRole('button', { name: /^A folder/ }).click();
        await tryFolder(shown, join(root, 'bucket'));
        await shown.getByLabel('New passphrase', { exact: true }).fill('satchel');
        await shown.getByText('Easy to guess').waitFor();
        await sound(shown);
      });
    }
  }
});

async function typeKeys(page: Page): Promise<void> {
  await page.getByLabel('Access key id').fill('test-access-key');
  await page.getByLabel('Secret access key', { exact: true }).fill('test-secret');
}

/** As far as the recovery kit, in a bucket that is made on the way. */
async function setUpOnMinio(page: Page, endpoint: string): Promise<void> {
  await page.getByRole('button', { name: /Choose a bucket/ }).click();
  await page.getByRole('button', { name: /^MinIO/ }).click();
  await page.getByLabel(/At which address/).fill(endpoint);
  await page.getByLabel('What is the bucket called?').fill('my-notes');
  await typeKeys(page);
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('It is not there yet. Satchel can make it.').waitFor();
  await sound(page);
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('button', { name: 'Use this bucket' }).click();
  await page.getByLabel('What is this device called?').fill('laptop');
  await page.getByLabel('New passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('The same once more', { exact: true }).fill(`${PASSPHRASE}x`);
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByText('The two are not the same.').waitFor();
  await page.getByLabel('The same once more', { exact: true }).fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Set up' }).click();
}

/** As far as the recovery kit, in a folder that is made on the way. */
async function setUpInFolder(page: Page, folder: string, passphrase: string): Promise<void> {
  await page.getByRole('button', { name: /Choose a bucket/ }).click();
  await page.getByRole('button', { name: /^A folder/ }).click();
  await tryFolder(page, folder);
  await page.getByLabel('New passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('The same once more', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Set up' }).click();
}

/** A folder that is not there yet is made, and used. */
async function tryFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Which folder?').fill(folder);
  await page.getByText('It is not there yet: Satchel can make it.').waitFor();
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('button', { name: 'Use this bucket' }).click();
}

async function sound(page: Page): Promise<void> {
  assert.deepEqual(await violationsOf(page), []);
  assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
}
