/** A real browser without a window, for the page. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where systems keep it; `SATCHEL_TEST_BROWSER` names another one. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Nothing of the browser's own may go out into the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where a browser is on this machine; undefined where there is none. */
function browserPath(): string | undefined {
  const named = process.env.SATCHEL_TEST_BROWSER;
  return named ?? PLACES.find((path) => existsSync(path));
}

/** Why tests with a browser are skipped; false where they are not, as in CI, which must have one. */
export const NO_BROWSER: string | false =
  browserPath() === undefined && process.env.CI === undefined
    ? 'no Chromium on this machine'
    : false;

/**
 * @param further arguments besides.
 * @throws Error where there is no browser, saying how to get one.
 */
export async function openBrowser(further: readonly string[] = []): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) {
    throw new Error('no Chromium here: install the package chromium, or set SATCHEL_TEST_BROWSER');
  }
  return await chromium.launch({ executablePath, args: [...ARGUMENTS, ...further] });
}
