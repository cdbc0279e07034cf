/** Contents that were saved, and the question whether each of them can still be had. */

import { openForReading, type Session } from '../../src/app/session.ts';
import { concat } from '../../src/base/bytes.ts';
import { isErrorKind } from '../../src/base/errors.ts';
import { contentHash } from '../../src/base/hash.ts';
import type { Version } from '../../src/format/commit.ts';
import { text } from '../../src/replica/database.ts';
import { readContent } from '../../src/sync/contents.ts';
import { systemClock, systemRandom } from './ports.ts';
import { contentsOf } from './trees.ts';

/** Content hashes, each with where it was seen. */
export type Owed = Map<string, string>;

/** Notes everything that is in a folder right now: a round that ends well takes all of it in. */
export function owe(owed: Owed, device: string, folder: string): void {
  for (const [hash, path] of contentsOf(folder)) owed.set(hash, `${path} on ${device}`);
}

/** What is in none of the folders, and not to be had from the history of any of the homes. */
export async function missing(
  owed: Owed,
  folders: readonly string[],
  homes: readonly string[],
): Promise<string[]> {
  const present = new Set(folders.flatMap((folder) => [...contentsOf(folder).keys()]));
  const sessions = await Promise.all(
    homes.map((home) =>
      openForReading({
        home,
        clock: systemClock,
        random: systemRandom,
        progress: () => undefined,
        notice: () => undefined,
      }),
    ),
  );
  const lost: string[] = [];
  try {
    for (const [hash, where] of owed) {
      if (present.has(hash) || (await isInHistory(sessions, hash))) continue;
      lost.push(`${where} (${hash})`);
    }
  } finally {
    for (const session of sessions) await session.close();
  }
  return lost;
}

async function isInHistory(sessions: readonly Session[], hash: string): Promise<boolean> {
  for (const { engine } of sessions) {
    for (const row of engine.db.all('SELECT collection, body FROM versions WHERE hash = ?', hash)) {
      const version: Version = JSON.parse(text(row, 'body'));
      try {
        const pieces: Uint8Array[] = [];
        for await (const piece of readContent(engine, text(row, 'collection'), version))
          pieces.push(piece);
        if (contentHash(concat(pieces)) === hash) return true;
      } catch (error) {
        if (!isErrorKind(error, 'damaged')) throw error;
      }
    }
  }
  return false;
}
