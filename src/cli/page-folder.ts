/** Where the built page is: beside the bundle, or, when run from the sources, in `dist/`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PLACES = ['./web/', '../../dist/web/'];

/** Undefined where the page was not built. */
export function pageFolder(): string | undefined {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}index.html`));
}
