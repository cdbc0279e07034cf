/**
 * The engine's side of the kind port in memory, for tests of kinds: records with current versions,
 * what is shown, what is stale. It keeps the promises of `src/sync/kind.ts` that kinds rely on, and
 * lets a test write what another device would have.
 */
import { utf8 } from '../../src/base/bytes.ts';
import { contentHash } from '../../src/base/hash.ts';
import type {
  Claimant,
  CollectionPort,
  Edit,
  Fields,
  Kind,
  RecordView,
  Shown,
} from '../../src/sync/kind.ts';

interface FakeVersion {
  readonly id: string;
  readonly fields: Fields;
  readonly content: { readonly hash: string; readonly sizeBytes: number } | undefined;
  readonly isGone: boolean;
}

interface FakeRecord {
  current: FakeVersion[];
  readonly all: FakeVersion[];
  /** When it claimed its present name. */
  claimedAt: number;
}

export type NamingKind = Pick<Kind, 'claimOf' | 'titleOf' | 'contentFields' | 'silentFields'>;

export class FakePort implements CollectionPort {
  readonly collection = 'collection-for-tests';
  readonly deviceName = 'laptop';
  /** What `save` took for edits, in order. */
  readonly edits: Edit[] = [];
  /** Called before each call that changes something: a test may throw here. */
  onWrite: () => void = () => {};
  /** Called before content is handed out: a test may throw here. */
  onContent: (view: RecordView) => void = () => {};
  nowMs = 1_900_000_000_000;
  /** False from what another device did until a durable note: a power cut would take it. */
  isDurable = true;
  /** False from the note of a placed file until something durable follows. */
  isPlacingDurable = true;

  readonly #naming: NamingKind;
  readonly #records = new Map<string, FakeRecord>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #shown = new Map<string, Shown>();
  readonly #stale = new Set<string>();
  readonly #notes = new Map<string, string>();
  #count = 0;
  #isInTransaction = false;

  constructor(naming: NamingKind) {
    this.#naming = naming;
  }

  // What another device does.

  /** A new version that supersedes all others of the record, or none. */
  write(
    record: string,
    fields: Fields,
    text: string | undefined,
    options: { readonly concurrent?: boolean } = {},
  ): void {
    const bytes = text === undefined ? undefined : utf8(text);
    const hash = bytes === undefined ? undefined : contentHash(bytes);
    if (bytes !== undefined && hash !== undefined) this.#contents.set(hash, bytes);
    const content =
      bytes === undefined || hash === undefined ? undefined : { hash, sizeBytes: bytes.length };
    this.isDurable = false;
    const beside = options.concurrent === true ? this.#record(record).current : [];
    this.#setCurrent(record, [{ id: this.#id(), fields, content, isGone: false }, ...beside]);
    this.#refresh(record);
  }

  erase(record: string): void {
    const fields = this.view(record)?.fields ?? {};
    this.#setCurrent(record, [{ id: this.#id(), fields, content: undefined, isGone: true }]);
    this.#refresh(record);
  }

  recordOf(path: string): string {
    for (const [record] of this.#records) {
      const view = this.view(record);
      if (view?.live === true && view.fields.path === path) return record;
    }
    throw new Error(`no record is called ${path}`);
  }

  versionsOf(record: string): number {
    return this.#record(record).current.length;
  }

  // The port.

  transaction<T>(work: () => T): T {
    if (this.#isInTransaction) return work();
    const restore = this.#rememberAll();
    this.#isInTransaction = true;
    try {
      return work();
    } catch (error) {
      restore();
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  durableTransaction<T>(work: () => T): T {
    const result = this.transaction(work);
    this.isDurable = true;
    this.isPlacingDurable = true;
    return result;
  }

  /** Returns what brings back the present state. */
  #rememberAll(): () => void {
    const records = [...this.#records].map(
      ([record, known]) => [record, { ...known, all: [...known.all] }] as const,
    );
    const [shown, notes] = [[...this.#shown], [...this.#notes]];
    const [stale, editCount] = [[...this.#stale], this.edits.length];
    return () => {
      refill(this.#records, records);
      refill(this.#shown, shown);
      refill(this.#notes, notes);
      this.#stale.clear();
      for (const record of stale) this.#stale.add(record);
      this.edits.length = editCount;
    };
  }

  *shownAll(): IterableIterator<Shown> {
    yield* [...this.#shown.values()];
  }
  shown(record: string): Shown | undefined {
    return this.#shown.get(record);
  }
  shownAt(place: string): Shown | undefined {
    return [...this.#shown.values()].find((row) => row.place === place);
  }

  view(record: string): RecordView | undefined {
    const current = this.#records.get(record)?.current ?? [];
    const live = current.filter((version) => !version.isGone);
    const [newest] = live.length > 0 ? live : current;
    if (newest === undefined) return undefined;
    const seen = this.#shown.get(record)?.versions ?? [];
    const held = live.find((version) => seen.includes(version.id)) ?? newest;
    const shows = current.filter((version) => version.isGone || hashOf(version) === hashOf(held));
    return {
      record,
      live: live.length > 0,
      fields: held.fields,
      content: held.content,
      version: held.id,
      shows: shows.map((version) => version.id),
      conflict: new Set(live.map(hashOf)).size > 1,
    };
  }

  claimants(claim: string): readonly Claimant[] {
    const found: (Claimant & { readonly claimedAt: number })[] = [];
    for (const [record, { claimedAt }] of this.#records) {
      const view = this.view(record);
      if (view?.live !== true || this.#naming.claimOf(view.fields) !== claim) continue;
      found.push({ record, fields: view.fields, claimedAt });
    }
    return found.sort((a, b) => a.claimedAt - b.claimedAt);
  }

  isClaimedBelow(claim: string): boolean {
    return this.claimantsBelow(claim).length > 0;
  }

  claimantsBelow(claim: string): readonly Claimant[] {
    return [...this.#records.keys()].flatMap((record) => {
      const view = this.view(record);
      if (view?.live !== true) return [];
      const isBelow = this.#naming.claimOf(view.fields)?.startsWith(`${claim}/`) === true;
      return isBelow ? [{ record, fields: view.fields }] : [];
    });
  }

  recordFor(fields: Fields): string {
    const title = this.#naming.titleOf(fields);
    const claimant = this.claimants(this.#naming.claimOf(fields) ?? '').find(
      ({ record, fields: other }) =>
        this.#naming.titleOf(other) === title && !this.#shown.has(record),
    );
    if (claimant !== undefined) return claimant.record;
    const named = `named:${title}`;
    const isFree = this.view(named)?.live !== true && !this.#shown.has(named);
    return isFree ? named : `random:${this.#id()}`;
  }

  save(edits: readonly Edit[]): number {
    this.onWrite();
    return edits.filter((edit) => this.#saveOne(edit)).length;
  }

  #saveOne(edit: Edit): boolean {
    const { record, change, sawVersions } = edit;
    const { current } = this.#record(record);
    const live = current.filter((version) => !version.isGone);
    const rest = current.filter((version) => !sawVersions.includes(version.id) && !version.isGone);
    if (change.kind === 'delete') {
      this.#shown.delete(record);
      if (live.length > 0) {
        this.edits.push(edit);
        const fields = this.view(record)?.fields ?? {};
        const gone = { id: this.#id(), fields, content: undefined, isGone: true };
        this.#setCurrent(record, [...rest, gone]);
      }
      this.#afterSave(record);
      return live.length > 0;
    }
    const hash = change.content.kind === 'none' ? '' : change.content.hash;
    const same = live.find(
      (version) => hashOf(version) === hash && this.#isEqual(version.fields, change.fields),
    );
    let versions = current.filter((v) => v.isGone || hashOf(v) === hash).map(({ id }) => id);
    if (same === undefined) {
      this.edits.push(edit);
      if (change.content.kind === 'bytes') this.#contents.set(hash, change.content.bytes);
      const sizeBytes = this.#sizeOf(change.content);
      const content = change.content.kind === 'none' ? undefined : { hash, sizeBytes };
      const version = { id: this.#id(), fields: change.fields, content, isGone: false };
      this.#setCurrent(record, [version, ...rest]);
      versions = [version.id];
    }
    this.#shown.set(record, { record, ...change.shown, hash, versions });
    this.#afterSave(record);
    return same === undefined;
  }

  #sizeOf(content: Extract<Edit['change'], { kind: 'write' }>['content']): number {
    if (content.kind === 'none') return 0;
    return content.kind === 'bytes' ? content.bytes.length : content.sizeBytes;
  }

  #isEqual(a: Fields, b: Fields): boolean {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    const { silentFields, contentFields } = this.#naming;
    for (const name of silentFields ?? contentFields) names.delete(name);
    return [...names].every((name) => a[name] === b[name]);
  }

  /** Records that a test holds back, as the guard of rule S8 does. */
  readonly held = new Set<string>();

  isHeld(record: string): boolean {
    return this.held.has(record);
  }

  /** Counts nothing: tests of what programs save use the real engine. */
  rev(record: string): number {
    return this.#shown.has(record) ? 1 : 0;
  }

  isStale(record: string): boolean {
    return this.#stale.has(record);
  }
  stale(): readonly string[] {
    const rank = (record: string) => (this.view(record)?.live === true ? 0 : 1);
    return [...this.#stale]
      .filter((record) => !this.held.has(record))
      .sort((a, b) => rank(a) - rank(b));
  }
  /** Nobody decides anything beside the kind here. */
  startOn(): void {}
  markStale(record: string): void {
    this.onWrite();
    this.#stale.add(record);
  }
  markAllStale(): void {
    this.onWrite();
    for (const record of this.#records.keys()) this.#stale.add(record);
  }
  placed(shown: Shown): void {
    this.onWrite();
    this.isPlacingDurable = false;
    this.#shown.set(shown.record, shown);
    this.#stale.delete(shown.record);
  }
  removed(record: string): void {
    this.onWrite();
    this.#shown.delete(record);
    this.#stale.delete(record);
  }
  settled(record: string): void {
    this.onWrite();
    this.#stale.delete(record);
  }

  async *content(view: RecordView): AsyncGenerator<Uint8Array, void, undefined> {
    this.onContent(view);
    const bytes = this.#contents.get(view.content?.hash ?? '');
    if (bytes === undefined) throw new Error(`no content for ${view.record}`);
    yield bytes;
  }
  knowsContent(record: string, hash: string): boolean {
    return this.oldCopiesOf(record, hash).length > 0;
  }
  oldCopiesOf(record: string, hash: string): readonly string[] {
    const versions = this.#records.get(record)?.all ?? [];
    return versions.filter((version) => version.content?.hash === hash).map(({ id }) => id);
  }

  note(name: string): string | undefined {
    return this.#notes.get(name);
  }
  setNote(name: string, value: string): void {
    this.onWrite();
    this.#notes.set(name, value);
  }
  setDurableNote(name: string, value: string): void {
    this.setNote(name, value);
    this.isDurable = true;
  }
  progress(): void {}
  random(count: number): Uint8Array {
    return new Uint8Array(count).fill(this.#count);
  }
  now(): number {
    return this.nowMs;
  }
  deletionTime(): number {
    return this.nowMs;
  }
  async sleep(): Promise<void> {}

  #id(): string {
    this.#count += 1;
    return `v${this.#count}`;
  }

  #record(record: string): FakeRecord {
    const known = this.#records.get(record) ?? { current: [], all: [], claimedAt: 0 };
    this.#records.set(record, known);
    return known;
  }

  #setCurrent(record: string, versions: FakeVersion[]): void {
    const known = this.#record(record);
    const before = this.view(record)?.fields.path;
    known.all.push(...versions.filter((version) => !known.all.includes(version)));
    known.current = versions;
    if (this.view(record)?.fields.path === before) return;
    this.#count += 1;
    known.claimedAt = this.#count;
  }

  #afterSave(record: string): void {
    this.#stale.delete(record);
    this.#refresh(record);
  }

  /** Marks the record stale where the device may show something else, and rivals for its name. */
  #refresh(record: string): void {
    const view = this.view(record);
    const shown = this.#shown.get(record);
    const isShown =
      view?.live === true
        ? shown !== undefined &&
          (view.content?.hash ?? '') === shown.hash &&
          view.shows.every((id) => shown.versions.includes(id))
        : shown === undefined;
    if (!isShown) this.#stale.add(record);
    const claim = view === undefined ? undefined : this.#naming.claimOf(view.fields);
    if (claim === undefined) return;
    for (const rival of this.claimants(claim)) {
      if (rival.record !== record) this.#stale.add(rival.record);
    }
  }
}

function refill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

function hashOf(version: FakeVersion): string {
  return version.content?.hash ?? '';
}
