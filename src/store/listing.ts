/**
 * Collects what a service lists. It may list more than can be there, the same again and again, or
 * what was not asked for: only keys below the prefix count, each once, and there is an end to it.
 */
import { isStoreKey, type ListedObject, type Listing } from './store.ts';

/**
 * More names than this are taken for a listing without end. A repository has few objects but for
 * blobs; two million of those hold some eight terabytes, and fit into memory as a list.
 */
const MAX_NAMES = 20_000;
const MAX_NAMES_WITH_BLOBS = 2_000_000;
/** Services answer with a page that has nothing new now and then, but not so often in a row. */
const MAX_BARREN_PAGES = 100;
/** A person is told of names that no Satchel wrote; nobody reads more of them. */
const MAX_STRANGE = 1_000;

/** Thrown for a listing that goes on beyond all that can be there. */
export class EndlessListing extends Error {}

export class ListingCollector {
  readonly #prefix: string;
  readonly #maxNames: number;
  readonly #objects = new Map<string, ListedObject>();
  readonly #strange = new Set<string>();
  #names = 0;
  #isPageBarren = true;
  #barrenPages = 0;

  /** @param prefix what the listing was asked for. */
  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#maxNames = prefix === '' || prefix === 'blobs/' ? MAX_NAMES_WITH_BLOBS : MAX_NAMES;
  }

  /**
   * Takes a name that was listed, relative to the bucket's prefix.
   * @param sizeBytes as the service tells it; what is no size counts as 0.
   * @throws EndlessListing
   */
  add(name: string, sizeBytes: number | undefined): void {
    if (!isStoreKey(name) || !name.startsWith(this.#prefix)) {
      this.addStrange(name);
      return;
    }
    if (this.#objects.has(name)) return;
    this.#objects.set(name, { key: name, sizeBytes: sizeOf(sizeBytes) });
    this.#count();
  }

  /** Takes a name that no Satchel wrote. @throws EndlessListing */
  addStrange(name: string): void {
    if (this.#strange.has(name)) return;
    if (this.#strange.size < MAX_STRANGE) this.#strange.add(name);
    this.#count();
  }

  /** To be called where a page ends and the service says that more follow. @throws EndlessListing */
  turnPage(): void {
    this.#barrenPages = this.#isPageBarren ? this.#barrenPages + 1 : 0;
    this.#isPageBarren = true;
    if (this.#barrenPages >= MAX_BARREN_PAGES) throw new EndlessListing('nothing new comes');
  }

  /** @param pages how many requests it took. */
  toListing(pages?: number): Listing {
    const objects = [...this.#objects.values()];
    const strange = [...this.#strange];
    return { objects, strange, ...(pages === undefined ? {} : { pages }) };
  }

  #count(): void {
    this.#isPageBarren = false;
    this.#names += 1;
    if (this.#names > this.#maxNames) {
      throw new EndlessListing(`more than ${this.#maxNames} names`);
    }
  }
}

function sizeOf(told: number | undefined): number {
  return told !== undefined && Number.isSafeInteger(told) && told >= 0 ? told : 0;
}
