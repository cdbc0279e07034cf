/** A browser before a daemon whose homes are made up: what tests of the page alone work with. */
import type { Browser } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { openBrowser } from './browser.ts';
import { type PageDaemon, startPageDaemon } from './page-daemon.ts';
import { type Look, type LookOptions, openLook } from './page-look.ts';
import { temporaryFolder } from './temporary.ts';

export interface PageBench {
  readonly browser: Browser;
  readonly daemon: PageDaemon;
  /** The folder of the built page. */
  readonly folder: string;
  /** A window that is signed in. */
  look(options?: Omit<LookOptions, 'url'>): Promise<Look>;
  close(): Promise<void>;
}

export async function openPageBench(): Promise<PageBench> {
  const folder = temporaryFolder('page');
  await buildWeb(folder);
  const [browser, daemon] = await Promise.all([openBrowser(), startPageDaemon(folder)]);
  return {
    browser,
    daemon,
    folder,
    look: (options = {}) => openLook(browser, { url: daemon.server.newLink(), ...options }),
    async close() {
      await browser.close();
      await daemon.server.close();
    },
  };
}
