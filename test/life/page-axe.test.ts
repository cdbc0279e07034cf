/** Every page there is, in both themes: none may be forgotten, so the list is that of the program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_BROWSER } from '../support/browser.ts';
import { openPageBench, type PageBench } from '../support/page-bench.ts';
import { openLook, overflowPx, untilLoaded, violationsOf } from '../support/page-look.ts';
import { ROOT } from '../support/source-files.ts';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

/** As `pages.ts` names them; what it imports only a browser can run. */
function pathsOfPages(): readonly string[] {
  const source = readFileSync(join(ROOT, 'src/web/pages.ts'), 'utf8');
  const paths = [...source.matchAll(/path: '([^']+)'/g)].flatMap(([, path]) => path ?? []);
  assert.ok(paths.includes('/'), 'the pages are listed in another way');
  return paths;
}

suite('every page', { skip: NO_BROWSER }, () => {
  let bench: PageBench;
  before(async () => {
    bench = await openPageBench();
  });
  after(() => bench?.close());

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
        await using window = await bench.look({ colorScheme });
        const { page, complaints } = window;
        await page.getByRole('heading', { name: 'Overview' }).waitFor();
        await page.goto(`${bench.daemon.server.origin}${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await untilLoaded(page);
        await sound(page, path);
        assert.deepEqual(complaints, []);
      });
    }

    test(`a browser that is not signed in is told so soundly in ${colorScheme}`, async () => {
      await using window = await openLook(bench.browser, {
        url: bench.daemon.server.origin,
        colorScheme,
      });
      await window.page.getByText('This browser is not signed in').waitFor();
      await sound(window.page, 'what a stranger sees');
    });
  }
});
