/**
 * The page's half of a session: a part of each address that it asks. The other half is a cookie,
 * which the browser sends to nobody who does not know the address.
 */
import { keep, readKept } from '../frame/kept.ts';

const FRAGMENT = /^#session=([\w-]{1,64})$/;

let key: string | undefined;

/** Takes the key out of the address with which the page was opened, which then shows it no more. */
export function takeSession(): void {
  const given = FRAGMENT.exec(location.hash)?.[1];
  if (given === undefined) return;
  key = given;
  // Other windows ask with it from now on as well, and this one after a reload.
  keep('session', given);
  history.replaceState(history.state, '', `${location.pathname}${location.search}`);
}

/** Where to ask for a path of the daemon's API. */
export function inSession(path: string): string {
  const newest = readKept('session') ?? key;
  return newest === undefined ? path : `/session/${newest}${path}`;
}
