/** The built page as files. Only what is in its folder is served: no path leads elsewhere. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { systemCode } from '../base/errors.ts';
import type { App } from './mount.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Files in there have a hash of their content in their names: they never change. */
const HASHED = '/assets/';

/** Mount it last: what is no file shows the page, which has addresses of its own. */
export function mountPage(app: App, folder: string | undefined): void {
  const list = () => (folder === undefined ? new Map<string, string>() : filesIn(folder));
  let files = list();
  app.get('*', async (c) => {
    const { path } = c.req;
    // After an update the page asks for files that were not there at the start.
    if (path.startsWith(HASHED) && !files.has(path)) files = list();
    const file =
      files.get(path) ?? (path.startsWith(HASHED) ? undefined : files.get('/index.html'));
    const content = file === undefined ? undefined : await readIfThere(file);
    if (file === undefined || content === undefined) return c.text(notFound(files.size > 0), 404);
    return new Response(content, {
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'cache-control': path.startsWith(HASHED)
          ? 'public, max-age=31536000, immutable'
          : 'no-cache',
      },
    });
  });
}

async function readIfThere(path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

function notFound(isBuilt: boolean): string {
  return isBuilt
    ? 'There is no such file. Reload the page: Satchel may be newer by now.\n'
    : 'The page is not built. Run "npm run build" in the folder of Satchel, and start it again.\n';
}

/** The files below a folder, by their place in an address. */
function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, path]),
  );
}
