/** What the desktop was told of, kept over a restart: it is told again only after it was gone. */
import { getMeta, setMeta } from '../replica/meta.ts';
import type { Session } from './session.ts';

export function readNotified({ engine }: Session): ReadonlySet<string> {
  const text = getMeta(engine.db, 'notified');
  return new Set<string>(text === undefined ? [] : JSON.parse(text));
}

export function writeNotified({ engine }: Session, keys: ReadonlySet<string>): void {
  setMeta(engine.db, 'notified', JSON.stringify([...keys]));
}
