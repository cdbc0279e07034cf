/** Every page there is, in both themes: none may be forgotten, so the list is that of the program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { browserPath, openBrowser } from '../support/browser.ts';
import { type PageDaemon, startPageDaemon } from '../support/page-daemon.ts';
import { openLook, overflowPx, violationsOf } from '../support/page-look.ts';
import { ROOT } from '../support/source-files.ts';
import { temporaryFolder } from '../support/temporary.ts';

const isRequired = process.env.CI !== undefined;
const skip = browserPath() === undefined && !isRequired ? 'no Chromium on this machine' : false;

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

/** As `pages.ts` names them; what it imports only a browser can run. */
function pathsOfPages(): readonly string[] {
  const source = readFileSync(join(ROOT, 'src/web/pages.ts'), 'utf8');
  return [...source.matchAll(/path: '([^']+)'/g)].flatMap(([, path]) => path ?? []);
}

suite('every page', { skip }, () => {
  let browser: Browser;
  let daemon: PageDaemon;
  before(async () => {
    const folder = temporaryFolder('page');
    await buildWeb(folder);
    [browser, daemon] = await Promise.all([openBrowser(), startPageDaemon(folder)]);
  });
  after(async () => {
    await browser?.close();
    await daemon?.server.close();
  });

  async function sound(page: Page, what: string): Promise<void> {
    assert.deepEqual(await violationsOf(page), [], what);
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      assert.ok((await overflowPx(page)) <= 0, `${what} is wider than ${size.width} pixels`);
    }
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of [...pathsOfPages(), '/nowhere']) {
      test(`${path} keeps WCAG 2.2 AA in ${colorScheme}`, async () => {
        await using window = await openLook(browser, { url: daemon.server.newLink(), colorScheme });
        const { page, complaints } = window;
        await page.getByRole('heading', { name: 'Overview' }).waitFor();
        await page.goto(`${daemon.server.origin}${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
        await sound(page, path);
        assert.deepEqual(complaints, []);
      });
    }

    test(`a browser that is not signed in is told so soundly in ${colorScheme}`, async () => {
      await using window = await openLook(browser, { url: daemon.server.origin, colorScheme });
      await window.page.getByText('This browser is not signed in').waitFor();
      await sound(window.page, 'what a stranger sees');
    });
  }
});
