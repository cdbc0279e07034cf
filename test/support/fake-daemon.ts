/** A daemon without homes at work, for tests of how it is reached. */
import { type IncomingHttpHeaders, request } from 'node:http';
import type { News } from '../../src/api/events.ts';
import type { HomeStatus } from '../../src/api/status.ts';
import { CollectionReader } from '../../src/app/collection-reader.ts';
import { SatchelError } from '../../src/base/errors.ts';
import type { Handlers } from '../../src/daemon/handlers.ts';
import type { Daemon, Host } from '../../src/daemon/ports.ts';
import { systemClock } from './ports.ts';
import { sampleStatus } from './status-sample.ts';

export interface FakeDaemon extends Daemon {
  /** True while the home is lent. */
  readonly isLent: boolean;
  readonly listeners: number;
}

/** @param home the folder of its only home. */
export function createFakeDaemon(home: string): FakeDaemon {
  const listeners = new Set<(news: News, seq: number) => void>();
  let seq = 0;
  let isLent = false;
  const host: Host = {
    id: 'first-home',
    home,
    session() {
      throw new SatchelError('busy', 'The home is lent.');
    },
    exclusive: () => Promise.reject(new Error('no folders here')),
    sync: () => Promise.reject(new Error('no bucket here')),
    wake() {},
    expectDevice() {},
    retry() {},
    pause() {},
    async lend(until) {
      isLent = true;
      until.addEventListener('abort', () => {
        isLent = false;
      });
    },
    status: () => HOME_STATUS,
    collections: new CollectionReader(),
  };
  return {
    get isLent() {
      return isLent;
    },
    get listeners() {
      return listeners.size;
    },
    news: {
      tell(news) {
        seq += 1;
        for (const listener of listeners) listener(news, seq);
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    homes: () => [host],
    newHome() {
      throw new SatchelError('usage', 'This device is set up already.');
    },
    setUp: () => Promise.reject(new Error('no other home here')),
    newLink: () => 'http://127.0.0.1:1/start?once=secret',
    host(id = host.id) {
      if (id === host.id) return host;
      throw new SatchelError('usage', `There is no home "${id}".`);
    },
    status: () => ({ version: '1.2.3', startedAt: TIME, recovered: [], homes: [HOME_STATUS] }),
  };
}

const TIME = '2026-11-01T10:00:00.000Z';

const HOME_STATUS: HomeStatus = {
  ...sampleStatus([]),
  repository: 'first-home',
  state: 'connected',
  reason: null,
  refused: false,
  paused: false,
  nextTryAt: null,
  transfers: [],
  collections: [],
};

/** Handlers that answer with what they were given, as far as the types allow. */
export const FAKE_HANDLERS: Handlers = {
  status: async (daemon) => daemon.status(),
  openPage: async (daemon) => ({ url: daemon.newLink() }),
  sync: async (daemon, { home }) => await daemon.host(home).sync(),
  pause: async (daemon, { home }) => {
    daemon.host(home);
    return {};
  },
  lend: async (daemon, { home }, { signal }) => {
    await daemon.host(home).lend(signal);
    return {};
  },
  log: async (_, { after }) => [
    { id: after + 1, time: TIME, kind: 'info', collection: null, message: 'Began.' },
  ],
  activity: async () => ({ entries: [], next: null }),
  performance: async () => ({ days: [] }),
  storage: () => Promise.reject(new Error('no bucket here')),
  cost: () => Promise.reject(new Error('no bucket here')),
  doctor: () => Promise.reject(new Error('no bucket here')),
  prune: () => Promise.reject(new Error('no bucket here')),
  held: async () => [],
  conflicts: async () => [],
  conflict: async () => null,
  resolve: async () => ({ settled: [], failed: [] }),
  undoResolve: async () => ({ undone: 0, failed: [] }),
  retry: async () => ({ failed: [] }),
  tree: async () => ({ entries: [], next: null, total: 0, trouble: null }),
  moments: async () => ({ days: [] }),
  versions: async (_, { path }) => ({ path, deleted: false, versions: [], trouble: null }),
  compare: () => Promise.reject(new Error('no versions here')),
  restore: () => Promise.reject(new Error('no versions here')),
  undoRestore: () => Promise.reject(new Error('no versions here')),
  decideHeld: () => Promise.reject(new Error('nothing is held here')),
  writeFile: async (_, { path, content = '' }) => ({
    path,
    rev: content.length,
    mtime_ns: '1',
  }),
  readFile: () => Promise.reject(new Error('no files here')),
  attachFiles: () => Promise.reject(new Error('no files here')),
  moveFile: () => Promise.reject(new Error('no files here')),
  deleteFile: () => Promise.reject(new Error('no files here')),
  fileOrder: () => Promise.reject(new Error('no files here')),
  reorderFiles: () => Promise.reject(new Error('no files here')),
  changes: () => Promise.reject(new Error('no files here')),
  devices: async () => [],
  renameDevice: async (_, { name }) => ({ name }),
  settings: async () => [],
  changeSettings: async () => [],
  keys: async () => [],
  service: async () => ({ manager: null, isInstalled: false, says: null }),
  setService: async (_, { isInstalled }) => ({ manager: 'systemd', isInstalled, says: null }),
  removeDevice: () => Promise.reject(new Error('no home at work here')),
  exportSettings: () => Promise.reject(new Error('no home at work here')),
  ignoreRules: () => Promise.reject(new Error('no home at work here')),
  changeIgnoreRules: () => Promise.reject(new Error('no home at work here')),
  ignorePreview: () => Promise.reject(new Error('no home at work here')),
  addPassphrase: () => Promise.reject(new Error('no home at work here')),
  removeKey: () => Promise.reject(new Error('no home at work here')),
  newRecovery: () => Promise.reject(new Error('no home at work here')),
  keepRecovery: () => Promise.reject(new Error('no home at work here')),
  unlock: () => Promise.reject(new Error('no home at work here')),
  bucketKey: () => Promise.reject(new Error('no home at work here')),
  changeBucketKey: () => Promise.reject(new Error('no home at work here')),
  collections: async () => [],
  readCollections: async () => ({}),
  addCollection: () => Promise.reject(new Error('no folders here')),
  attachCollection: () => Promise.reject(new Error('no folders here')),
  detachCollection: () => Promise.reject(new Error('no folders here')),
  renameCollection: () => Promise.reject(new Error('no collections here')),
  removeCollection: () => Promise.reject(new Error('no collections here')),
  relistCollection: () => Promise.reject(new Error('no collections here')),
  look: () => Promise.reject(new Error('no collections here')),
  lookVersions: () => Promise.reject(new Error('no collections here')),
  lookText: () => Promise.reject(new Error('no collections here')),
  providers: async () => ({ providers: [], detected: [], deviceName: 'desk' }),
  checkBucket: () => Promise.reject(new Error('no bucket here')),
  createBucket: () => Promise.reject(new Error('no bucket here')),
  setUp: () => Promise.reject(new Error('no bucket here')),
  joinLink: () => Promise.reject(new Error('no bucket here')),
  move: () => Promise.reject(new Error('no bucket here')),
  makeLink: () => Promise.reject(new Error('no bucket here')),
  linkState: () => Promise.reject(new Error('no bucket here')),
  cancelLink: () => Promise.reject(new Error('no bucket here')),
  folders: async () => ({ folder: '/', isThere: true, parent: null, folders: [] }),
};

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** As they are: a browser would not let a page set `host`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks as a program does that keeps to no rule of browsers. */
export function askRaw(port: number, { method = 'GET', path, headers, body }: RawRequest) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Waits for something that another part of the process is about to do. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (isSo()) return;
    await systemClock.sleep(10);
  }
  throw new Error(`Waited in vain: ${what}.`);
}
