/** The page in a real browser, before the daemon's own server: what a person sees and can do. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { NO_BROWSER } from '../support/browser.ts';
import { until } from '../support/fake-daemon.ts';
import { openPageBench, type PageBench } from '../support/page-bench.ts';
import { startPageDaemon } from '../support/page-daemon.ts';
import { openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { quietHome, sampleHeld, sampleHome } from '../support/page-sample.ts';
import { systemClock } from '../support/ports.ts';

suite('the page in a browser', { skip: NO_BROWSER }, () => {
  let bench: PageBench;
  before(async () => {
    bench = await openPageBench();
  });
  after(() => bench?.close());

  const look: PageBench['look'] = (options) => bench.look(options);

  test('the overview shows what needs a person, what is on its way, and what happened', async () => {
    await using window = await look();
    const { page, complaints } = window;
    for (const words of [
      '2 conflicts in Notes',
      '120 deletions in Notes wait for you',
      '148 MB of 420 MB · 6.4 MB/s · 43 s left',
      '14 changes to send (272 MB)',
      '2026/letter-01.pdf, 2026/letter-02.pdf, 2026/letter-03.pdf and 11 more',
    ]) {
      await page.getByText(words).waitFor();
    }
    assert.equal(await page.title(), 'Overview · Satchel');
    assert.deepEqual(complaints, []);
  });

  test('without a session it tells how to get one, and goes on when there is one', async () => {
    await using window = await openLook(bench.browser, { url: bench.daemon.server.origin });
    const { page } = window;
    await page.getByText('This browser is not signed in').waitFor();
    assert.equal(await page.getByText('Notes').count(), 0);
    await page.goto(bench.daemon.server.newLink());
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  test('a server on another port is sent nothing by a browser that is signed in', async () => {
    await using window = await look();
    const { page } = window;
    await page.getByText('2 conflicts in Notes').waitFor();
    // What the page was given stands in no address that a person sees, copies or keeps.
    assert.equal(page.url(), `${bench.daemon.server.origin}/`);
    const cookies: (string | undefined)[] = [];
    const other = createServer(({ headers }, response) => {
      cookies.push(headers.cookie);
      response.setHeader('content-type', 'text/html').end('<title>Other</title>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const address = other.address();
      assert.ok(typeof address === 'object' && address !== null);
      for (const path of ['/', '/api/status', '/session/', '/session/guess/api/status']) {
        await page.goto(`http://127.0.0.1:${address.port}${path}`);
      }
      assert.equal(await page.evaluate('localStorage.length'), 0);
    } finally {
      other.closeAllConnections();
      other.close();
    }
    assert.ok(cookies.length >= 4);
    assert.deepEqual([...new Set(cookies)], [undefined]);
    await page.goto(`${bench.daemon.server.origin}/held`);
    await page.getByLabel('Files that would go').waitFor();
  });

  test('a daemon that ends is noticed: what was known stays, until it wants a new session', async () => {
    const first = await startPageDaemon(bench.folder);
    await using window = await openLook(bench.browser, { url: first.server.newLink() });
    const { page } = window;
    await page.getByText('2 conflicts in Notes').waitFor();
    await first.server.close();
    await page.getByText('Satchel does not answer: this is how things were.').waitFor();
    await page.getByText('2 conflicts in Notes').waitFor();
    const second = await startPageDaemon(bench.folder, first.server.port);
    try {
      await page.getByText('This browser is not signed in').waitFor();
    } finally {
      await second.server.close();
    }
  });

  test('news show by themselves, without asking again', async () => {
    await using window = await look();
    const { page } = window;
    await page.getByText('2 conflicts in Notes').waitFor();
    try {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      bench.daemon.setHome({
        ...quietHome(systemClock.now()),
        state: 'offline',
        reason: 'no network',
      });
      await page.getByText('No network').waitFor();
      assert.equal(await page.getByText('2 conflicts in Notes').count(), 0);
      assert.ok(!asked.includes('/api/status'));
    } finally {
      bench.daemon.setHome(sampleHome(systemClock.now()));
    }
  });

  test('Sync now and pause reach the daemon, and a pause can be taken back', async () => {
    await using window = await look();
    const { page } = window;
    const earlier = bench.daemon.asked.length;
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('Everything is up to date').first().waitFor();
    await page.getByRole('button', { name: 'What to do with Notes' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await until('three requests', () => bench.daemon.asked.length === earlier + 3);
    assert.deepEqual(bench.daemon.asked.slice(earlier), [
      'sync',
      'pause notes-id',
      'go on notes-id',
    ]);
  });

  test('keys reach everything: the list of them, and the round', async () => {
    await using window = await look();
    const { page } = window;
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const earlier = bench.daemon.asked.length;
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(bench.daemon.asked.length, earlier, 'a dialog takes the keys');
    await page.keyboard.press('s');
    await until('a round', () => bench.daemon.asked.length === earlier + 1);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'A');
  });

  test('a log of any length has few rows in the page', async () => {
    await using window = await look();
    const { page } = window;
    await page.getByRole('tab', { name: 'Log of this device' }).click();
    const list = page.getByLabel('Log of this device, the newest first');
    await list.getByText('Sent change 399').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 40);
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('Sent change 2.').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 40);
  });

  test('S8: held deletions are looked through and decided, however many there are', async () => {
    bench.daemon.setHeld(sampleHeld(systemClock.now(), 100_000));
    await using window = await look();
    const { page } = window;
    await page.getByRole('link', { name: 'See which, and decide' }).click();
    await page.getByText('100,000 files were deleted from Notes on this device.').waitFor();
    assert.equal(await page.title(), 'Held changes · Satchel');
    const list = page.getByLabel('Files that would go');
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('Archive/2021/page-099995.md').waitFor();
    assert.ok((await list.getByRole('listitem').count()) < 60);
    await page.getByLabel('Search').fill('page-000042');
    await list.getByText('Archive/2016/page-000042.md').waitFor();
    assert.deepEqual(await violationsOf(page), []);
    await page.getByRole('button', { name: 'Bring all 100,000 files back' }).click();
    await page.getByText('No deletions wait for you').waitFor();
    await page.getByText('100,000 files kept').first().waitFor();
    assert.equal(bench.daemon.asked.at(-1), 'reject Notes out (100000 held)');
  });

  test('an address that leads nowhere says so, and g brings back', async () => {
    await using window = await look();
    const { page } = window;
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto(`${bench.daemon.server.origin}/nowhere`);
    await page.getByText('There is no page at this address').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByRole('heading', { name: 'Held changes' }).waitFor();
    await page.locator('#main:focus').waitFor();
  });

  test('a theme that is chosen stays', async () => {
    await using window = await look({ colorScheme: 'light' });
    const { page } = window;
    const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const light = await paper();
    await page.getByRole('button', { name: 'Options of this page' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    assert.notEqual(await paper(), light);
    await page.reload();
    assert.notEqual(await paper(), light);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const widthPx of [360, 1280]) {
      test(`keeps WCAG 2.2 AA in ${colorScheme}, ${widthPx} pixels wide`, async () => {
        await using window = await look({ colorScheme, widthPx });
        const { page } = window;
        await page.getByText('2026/letter-01.pdf').waitFor();
        assert.deepEqual(await violationsOf(page), []);
        await page.getByRole('tab', { name: 'Log of this device' }).click();
        await page.getByText('Sent change 399').waitFor();
        assert.deepEqual(await violationsOf(page), []);
        assert.ok((await overflowPx(page)) <= 0, 'the page is wider than its window');
      });
    }
  }
});
