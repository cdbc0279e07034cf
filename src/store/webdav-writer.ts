/**
 * Putting a body under its key in one step, as readers see it. WebDAV promises no such thing; the
 * facts behind the two ways stand in `docs/decisions/webdav.md`.
 */
import { toHex } from '../base/bytes.ts';
import { forEachConcurrently } from '../base/concurrency.ts';
import { StoreError } from './store.ts';
import type { DavAnswer, WebDavClient } from './webdav-client.ts';
import { doesNotSpeakWebDav, webDavError } from './webdav-errors.ts';
import { createFolder, folderAbove, mayLackFolder, requireBase } from './webdav-folders.ts';
import type { ListedName } from './webdav-listing.ts';
import type { WebDavOptions } from './webdav-options.ts';

/** The same as in a bucket that is a folder: both may look at one and the same. */
export const TEMPORARY_FOLDER = '.satchel-tmp';
/** No put takes this long: an older temporary file belongs to a process that died. */
const TEMPORARY_LIFE_MS = 24 * 60 * 60 * 1000;
/** How many leftovers are looked at together. */
const SWEEP_WIDTH = 8;

/**
 * `put`: the server shows a body only when it has arrived whole. `move`: it may show a half one,
 * so bodies go to a temporary name first.
 */
type Way = 'put' | 'move';

export class WebDavWriter {
  readonly #client: WebDavClient;
  readonly #options: WebDavOptions;
  readonly #list: (folder: string) => Promise<readonly ListedName[]>;
  #way: Promise<Way> | undefined;
  /** Folders that were there a moment ago. */
  readonly #folders = new Set<string>();
  /** Some servers want the whole URL as destination, others stumble over it behind a proxy. */
  #wantsWholeUrl = false;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  /** @param list tells what lies directly in a folder (`heads/`): nothing where it is not there. */
  constructor(
    client: WebDavClient,
    options: WebDavOptions,
    list: (folder: string) => Promise<readonly ListedName[]>,
  ) {
    this.#client = client;
    this.#options = options;
    this.#list = list;
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    if ((await this.#knownWay()) === 'put') await this.#put(key, body);
    else await this.#putAndMove(key, body);
  }

  async #put(path: string, body: Uint8Array): Promise<void> {
    const put = () =>
      this.#client.send({
        method: 'PUT',
        path,
        headers: { 'content-type': 'application/octet-stream' },
        body,
      });
    let answer = await put();
    if (mayLackFolder(answer)) {
      await this.#createFolderOf(path);
      answer = await put();
    }
    this.#assertStored(answer);
  }

  async #putAndMove(key: string, body: Uint8Array): Promise<void> {
    // Before the write, which a quota that leftovers have filled would stop.
    await this.#sweepTemporaryFiles();
    const temporary = `${TEMPORARY_FOLDER}/${toHex(this.#options.random.bytes(16))}`;
    try {
      await this.#put(temporary, body);
      const wasThere = this.#folders.has(folderAbove(key));
      if (!wasThere) await this.#createFolderOf(key);
      let answer = await this.#move(temporary, key);
      // Each server has its own word for a folder that is gone.
      if (wasThere && [403, 404, 409, 500].includes(answer.status)) {
        await this.#createFolderOf(key);
        answer = await this.#move(temporary, key);
      }
      this.#assertStored(answer);
    } catch (error) {
      // The first error is the one to tell; a leftover is swept after a day.
      await this.#client.send({ method: 'DELETE', path: temporary }).catch(() => {});
      throw error;
    }
  }

  /**
   * Removes what dead processes left, once a day as each look is a request. How old a file is goes
   * by the server's own clock. Failing here costs only space, so it stops nothing.
   */
  async #sweepTemporaryFiles(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#sweptAtMs < TEMPORARY_LIFE_MS) return;
    this.#sweptAtMs = nowMs;
    try {
      const entries = await this.#list(`${TEMPORARY_FOLDER}/`);
      const ours = entries.filter(({ name }) => /^[0-9a-f]{32}$/.test(name));
      await forEachConcurrently(ours, SWEEP_WIDTH, async ({ name }) => {
        const path = `${TEMPORARY_FOLDER}/${name}`;
        const { headers } = await this.#client.send({ method: 'HEAD', path });
        const ageMs = Date.parse(headers.date ?? '') - Date.parse(headers['last-modified'] ?? '');
        if (ageMs > TEMPORARY_LIFE_MS) await this.#client.send({ method: 'DELETE', path });
      });
    } catch {
      // Tomorrow, or by the next program.
    }
  }

  async #move(from: string, to: string): Promise<DavAnswer> {
    const move = (destination: string) =>
      this.#client.send({ method: 'MOVE', path: from, headers: { destination, overwrite: 'T' } });
    if (!this.#wantsWholeUrl) {
      const answer = await move(this.#client.pathOf(to));
      if (answer.status !== 400) return answer;
      this.#wantsWholeUrl = true;
    }
    return await move(this.#client.urlOf(to));
  }

  async #createFolderOf(path: string): Promise<void> {
    const folder = folderAbove(path);
    if (folder === '') await requireBase(this.#client);
    else await createFolder(this.#client, folder);
    this.#folders.add(folder);
  }

  /** A success with a page is some other server's: one that stored something has stored it. */
  #assertStored(answer: DavAnswer): void {
    const { status, headers } = answer;
    if (status === 201 || status === 204) return;
    const { bucket } = this.#client;
    const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '');
    if (status === 200 && isPage) throw doesNotSpeakWebDav(bucket, 'a web page (status 200)');
    if (status === 200) return;
    if (mayLackFolder(answer)) throw changedMeanwhile(bucket.host, status);
    throw webDavError(answer, { operation: 'write', bucket });
  }

  async #knownWay(): Promise<Way> {
    this.#way ??= this.#askWay();
    try {
      return await this.#way;
    } catch (error) {
      this.#way = undefined;
      throw error;
    }
  }

  async #askWay(): Promise<Way> {
    const { bucket } = this.#client;
    // Nextcloud and ownCloud, whose servers write beside and rename.
    if (/(?:^|\/)remote\.php\//.test(bucket.path)) return 'put';
    const answer = await this.#client.send({ method: 'OPTIONS', path: '' });
    if ([401, 403, 407, 429].includes(answer.status) || answer.status >= 500) {
      // 501 is an answer too: such a server has no options to tell.
      if (answer.status !== 501) throw webDavError(answer, { operation: 'write', bucket });
    }
    // Apache's mod_dav_fs does the same. Its name in `Server` would not do: behind it may be others.
    const { dav } = answer.headers;
    return `${dav}`.includes('http://apache.org/dav/propset/fs/') ? 'put' : 'move';
  }
}

function changedMeanwhile(host: string, status: number): StoreError {
  return new StoreError(
    'unreachable',
    `${host} did not find what it had a moment ago (status ${status})`,
    'soon',
    { hint: 'If this stays, another program removes folders there.' },
  );
}
