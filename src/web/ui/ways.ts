/** What commands do, on the page. Pure. */

export interface Way {
  readonly path: string;
  readonly name: string;
}

const KEYS: Way = { path: '/keys', name: 'Keys' };
const HELD: Way = { path: '/held', name: 'Held changes' };
const CONFLICTS: Way = { path: '/conflicts', name: 'Conflicts' };
const TIME: Way = { path: '/time', name: 'Time' };
const COLLECTIONS: Way = { path: '/collections', name: 'Collections' };
const BUCKET: Way = { path: '/bucket', name: 'Bucket' };
const DEVICES: Way = { path: '/devices', name: 'Devices' };
const SETTINGS: Way = { path: '/settings', name: 'Settings' };

const WAYS: ReadonlyMap<string, Way> = new Map([
  ['add', COLLECTIONS],
  ['attach', COLLECTIONS],
  ['collections', COLLECTIONS],
  ['conflicts', CONFLICTS],
  ['cost', BUCKET],
  ['detach', COLLECTIONS],
  ['devices', DEVICES],
  ['diff', CONFLICTS],
  ['doctor', BUCKET],
  ['held', HELD],
  ['keys', KEYS],
  ['link', DEVICES],
  ['prune', BUCKET],
  ['resolve', CONFLICTS],
  ['restore', TIME],
  ['settings', SETTINGS],
  ['versions', TIME],
]);

const COMMAND = /\bsatchel ([a-z]+)/g;

/** Where the page does what the first command does that is named in a hint, and that it can do. */
export function wayOf(hint: string): Way | undefined {
  const named = [...hint.matchAll(COMMAND)].map(([, command = '']) => WAYS.get(command));
  return named.find((way) => way !== undefined);
}
