/** The links for a further device that were made here, until their objects are known to be gone. */
import type { Database } from './database.ts';
import { deleteMeta, getMeta, setMeta } from './meta.ts';

export interface NotedLink {
  readonly id: string;
  /** When it dies, by the clock of the bucket's server. */
  readonly untilMs: number;
}

export function notedLinks(db: Database): readonly NotedLink[] {
  return JSON.parse(getMeta(db, 'links') ?? '[]');
}

export function noteLink(db: Database, link: NotedLink): void {
  db.transaction(() => write(db, [...notedLinks(db), link]));
}

export function forgetLink(db: Database, id: string): void {
  db.transaction(() =>
    write(
      db,
      notedLinks(db).filter((link) => link.id !== id),
    ),
  );
}

function write(db: Database, links: readonly NotedLink[]): void {
  if (links.length === 0) deleteMeta(db, 'links');
  else setMeta(db, 'links', JSON.stringify(links));
}
