/**
 * Builds the page into `dist/web/`, which the daemon serves: no part of it is fetched from
 * elsewhere, and it runs under a policy without inline scripts and styles. `node scripts/build.ts`
 * runs it beside the program's own bundle.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { ROUTES } from '../src/api/routes.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src/web');
/** Where the page is built, and served from. */
export const WEB_OUTPUT = join(ROOT, 'dist/web');

/** What the page needs of a browser: `light-dark()` in its colours, and what is as old as that. */
const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

/** Vite's configuration. */
function webConfig(output = WEB_OUTPUT): InlineConfig {
  return {
    root: SOURCE,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    plugins: [react()],
    // The table of routes is written into the page: its schemas stay with the daemon.
    define: { SATCHEL_ROUTES: JSON.stringify(routePlaces()) },
    build: {
      outDir: output,
      // An earlier build is removed only after this one, so that `dist/` can always be served.
      emptyOutDir: false,
      target: BROWSERS,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      license: { fileName: 'licenses.txt' },
    },
  };
}

function routePlaces(): Readonly<Record<string, { method: string; path: string }>> {
  const places = Object.entries(ROUTES).map(
    ([name, { method, path }]) => [name, { method, path }] as const,
  );
  return Object.fromEntries(places);
}

/** Builds the page into a folder. Throws with Vite's message when the sources do not build. */
export async function buildWeb(output = WEB_OUTPUT): Promise<void> {
  const result = await build(webConfig(output));
  if (!('output' in result)) throw new Error('Vite answered with something other than a build');
  const current = new Set([
    ...result.output.map(({ fileName }) => join(output, fileName)),
    ...filesIn(join(SOURCE, 'public')).map((name) => join(output, name)),
  ]);
  for (const name of filesIn(output)) {
    if (!current.has(join(output, name))) rmSync(join(output, name));
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

if (import.meta.main) await buildWeb();
