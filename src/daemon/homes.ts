/** The homes that a daemon serves: those it was given, and those that are set up while it runs. */
import type { DaemonStatus } from '../api/status.ts';
import { isSetUp } from '../app/home.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import type { HomeHost } from './host.ts';
import type { Host } from './ports.ts';

export interface HomesOptions {
  /** They need not be set up yet. */
  readonly folders: readonly string[];
  readonly makeHost: (home: string) => HomeHost;
  /** Called for a home that came while others were served already. */
  readonly onAdded: (home: string) => Promise<void>;
  /** Told why such a home cannot be served. */
  readonly onTrouble: (words: string) => void;
}

export class Homes {
  readonly #options: HomesOptions;
  readonly #hosts: HomeHost[] = [];
  /** Folders that hold no home yet. */
  readonly #waiting: Set<string>;
  /** Homes at work that could not be added: that is tried again when the homes are asked for. */
  readonly #unadded = new Set<string>();
  #isSettingUp = false;
  #isClosed = false;
  #lastTrouble = '';

  constructor(options: HomesOptions) {
    this.#options = options;
    this.#waiting = new Set(options.folders);
  }

  /** @throws SatchelError `busy` where another process holds one of them; none is open then. */
  async start(): Promise<void> {
    const made = this.#takeSetUp();
    try {
      for (const host of made) await host.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  all(): readonly Host[] {
    // One that was set up meanwhile, here or by a command, is served from now on. Why it cannot be
    // opened shows in its status.
    void this.#addAllSetUp();
    return this.#hosts;
  }

  /**
   * The folder of a home that is yet to be set up.
   * @throws SatchelError `usage` where there is none, `busy` while it is being set up.
   */
  newHome(): string {
    this.all();
    const [home] = this.#waiting;
    if (home !== undefined) return home;
    if (this.#isSettingUp) {
      throw new SatchelError('busy', 'This device is being set up at the moment.', {
        hint: 'Wait for that, and look at the page again.',
      });
    }
    throw new SatchelError('usage', 'This device is set up already.', {
      hint: 'Use its page, or "satchel init --home <folder>" for a second repository.',
    });
  }

  /** Sets up that home, and serves it from then on. */
  async setUp<T>(work: (home: string) => Promise<T>): Promise<T> {
    const home = this.newHome();
    // Opened before all of it is there, it would stand in the way of the work.
    this.#waiting.delete(home);
    this.#isSettingUp = true;
    try {
      return await work(home);
    } finally {
      this.#waiting.add(home);
      this.#isSettingUp = false;
      await this.#addAllSetUp();
    }
  }

  /** @throws SatchelError `usage` where there is none. */
  find(id: string | undefined): Host {
    const hosts = this.all();
    const found = id === undefined ? hosts[0] : hosts.find((host) => host.id === id);
    if (found !== undefined) return found;
    if (hosts.length > 0) {
      throw new SatchelError('usage', `This daemon serves no home of a repository "${id}".`, {
        hint: 'Ask /api/status which there are.',
      });
    }
    throw new SatchelError('usage', 'This device is not set up yet.', {
      hint: 'Set it up on the page, or with "satchel init" or "satchel join".',
    });
  }

  status(): Pick<DaemonStatus, 'homes' | 'recovered'> {
    const homes = this.all().map((host) => host.status());
    return { homes, recovered: this.#hosts.flatMap(({ recovered }) => recovered) };
  }

  /** What is being set up meanwhile is not opened any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#hosts.map((host) => host.close()));
  }

  async #addAllSetUp(): Promise<void> {
    if (this.#isClosed) return;
    const again = [...this.#unadded].map((home) => this.#tellAdded(home));
    const added = this.#takeSetUp().map((host) => this.#add(host));
    for (const done of await Promise.allSettled([...again, ...added])) {
      if (done.status === 'rejected') this.#tellTrouble(done.reason);
    }
  }

  /** A home that another process holds is waited for again: asked for next time, it may be free. */
  async #add(host: HomeHost): Promise<void> {
    try {
      await host.start();
    } catch (error) {
      this.#hosts.splice(this.#hosts.indexOf(host), 1);
      this.#waiting.add(host.home);
      throw error;
    }
    await this.#tellAdded(host.home);
  }

  async #tellAdded(home: string): Promise<void> {
    this.#unadded.delete(home);
    try {
      await this.#options.onAdded(home);
    } catch (error) {
      this.#unadded.add(home);
      throw error;
    }
  }

  /** Told once, however often the homes are asked for meanwhile. */
  #tellTrouble(error: unknown): void {
    const words = messageOf(error);
    if (words !== this.#lastTrouble) this.#options.onTrouble(words);
    this.#lastTrouble = words;
  }

  #takeSetUp(): HomeHost[] {
    const folders = [...this.#waiting].filter((home) => isSetUp(home));
    return folders.map((home) => {
      this.#waiting.delete(home);
      const host = this.#options.makeHost(home);
      this.#hosts.push(host);
      return host;
    });
  }
}
