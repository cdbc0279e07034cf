/** Leaving collections out for a while: the daemon heeds it, over a restart as well. */
import { SatchelError } from '../base/errors.ts';
import { findCollection } from './collection-list.ts';
import { changeSettings, type Settings } from './home.ts';
import type { Session } from './session.ts';

/** @param collection its id; undefined for everything. */
export function setPaused(home: string, collection: string | undefined, paused: boolean): void {
  changeSettings(home, (settings) => withPause(settings, collection, paused));
}

/** The same for a collection as a person names it. @throws as `idToPause`. */
export function pauseCollection(session: Session, name: string | undefined, paused: boolean): void {
  const id = name === undefined ? undefined : idToPause(session, name);
  setPaused(session.context.home, id, paused);
}

/** @throws SatchelError `usage` for a collection that is not on this device. */
export function idToPause(session: Session, name: string): string {
  const found = findCollection(session, name);
  if (found.folder !== undefined) return found.id;
  throw new SatchelError('usage', `"${found.name}" is not on this device.`, {
    hint: 'There is nothing to pause: only what is here is sent or brought here.',
  });
}

function withPause(settings: Settings, collection: string | undefined, paused: boolean): Settings {
  if (collection === undefined) return pausedOr(settings, paused);
  const entry = settings.collections[collection];
  if (entry === undefined) return settings;
  const collections = { ...settings.collections, [collection]: pausedOr(entry, paused) };
  return { ...settings, collections };
}

function pausedOr<T extends { readonly paused?: boolean | undefined }>(
  given: T,
  paused: boolean,
): T {
  return { ...given, paused: paused ? true : undefined };
}
