/** From what was found in the folder to edits. */
import {
  type CollectionPort,
  type Edit,
  type EditContent,
  type Fields,
  INLINE_MAX_BYTES,
  type RecordView,
  type SaveOptions,
  type Shown,
} from '../../sync/kind.ts';
import { FOLDER_MARK } from '../files/changes.ts';
import { foldersAbove } from '../files/layout.ts';
import { foldName, isSuffixedName } from '../files/names.ts';
import { wasExecutable, wasLink } from '../files/noted.ts';
import type { WalkedFile } from '../files/walk.ts';
import {
  fieldsOfFound,
  folderFields,
  isExecutable,
  isFolderRecord,
  isLinkRecord,
  pathField,
  typeOf,
} from './fields.ts';
import { keepStale } from './unfinished.ts';

/** A file and its content, as they were at one moment. */
export interface ReadFile {
  readonly file: WalkedFile;
  readonly hash: string;
  /** Where it was read whole and is short. */
  readonly bytes?: Uint8Array;
}

/** A noted file that was found again: at its place or elsewhere, as it was or not. */
export interface FoundAgain extends ReadFile {
  readonly shown: Shown;
}

/** True where nothing but the state of the file differs from the note: no edit (rule S6). */
export function isOnlyTouched({ shown, file, hash }: FoundAgain): boolean {
  return (
    hash === shown.hash &&
    file.path === shown.place &&
    file.isExecutable === wasExecutable(shown.mark)
  );
}

/**
 * The edit that made of a noted file what was found. What the person did not touch stays as the
 * record has it: a name that was placed under a suffix, an executable bit that this disk lacks, a
 * type that an older version placed as a plain file.
 */
export function editOfFound(view: RecordView | undefined, found: FoundAgain): Edit {
  const { shown, file } = found;
  const wasTouched = file.isExecutable !== wasExecutable(shown.mark);
  const executable =
    wasTouched || view === undefined ? file.isExecutable : isExecutable(view.fields);
  // Fields that this version does not know are kept.
  const { exec: _exec, type, ...others } = view?.fields ?? {};
  const isSameThing = wasLink(shown.mark) === (file.target !== undefined);
  const keepsType = isSameThing && view?.live === true && view.content?.hash === found.hash;
  const fields = fieldsOfFound(nameOf(view, shown, file), file, {
    isExecutable: executable,
    type: keepsType ? type : typeOf(file),
  });
  const changed = [
    ...(file.path === shown.place ? [] : ['path']),
    ...(wasTouched ? ['exec'] : []),
    ...(isSameThing ? [] : ['type']),
  ];
  return writeEdit(
    shown.record,
    shown.versions,
    { fields: { ...others, ...fields }, changed },
    found,
  );
}

/** The name a record has after its file was found at a place. */
function nameOf(view: RecordView | undefined, shown: Shown, file: WalkedFile): string {
  const name = view === undefined ? undefined : pathField(view.fields);
  if (name === undefined) return file.path;
  if (file.path === shown.place) return name;
  const [folder, noted] = [parentOf(name), parentOf(shown.place)];
  // On a disk that folds names, the folder may be spelled otherwise than in the name.
  if (parentOf(file.path) === noted && folder !== noted && foldName(folder) === foldName(noted)) {
    return folder + baseOf(file.path);
  }
  const hadSuffix = isSuffixedName(baseOf(name), shown.record, baseOf(shown.place));
  if (!hadSuffix || baseOf(file.path) !== baseOf(shown.place)) return file.path;
  // Its folder was moved: the suffix stays what it was, no part of the name.
  return parentOf(file.path) + baseOf(name);
}

/** The folder of a path with its slash, '' at the root. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The edit for a file where nothing was noted. If the record already lives elsewhere with equal
 * content, its fields stand: that both devices had the file is no change of it.
 */
export function editOfNew(record: string, view: RecordView | undefined, read: ReadFile): Edit {
  const { file, hash } = read;
  const isEqual = view?.live === true && view.content?.hash === hash;
  const name = nameOfNew(record, view, file.path);
  const fields = isEqual
    ? view.fields
    : fieldsOfFound(name, file, { isExecutable: file.isExecutable, type: typeOf(file) });
  return writeEdit(record, [], { fields, changed: changedFrom(view, fields) }, read);
}

/**
 * What a new thing has otherwise than its record. One that comes back without the executable bit that
 * it was deleted with has lost it; beside another that lives, it says nothing of the bit.
 */
function changedFrom(view: RecordView | undefined, fields: Fields): string[] {
  const { fields: before = {}, live } = view ?? {};
  const names = live === false ? Object.keys({ ...fields, exec: true }) : Object.keys(fields);
  return names.filter((name) => fields[name] !== before[name]);
}

/** The name that something new at a place gives its record: a suffix is no part of it. */
function nameOfNew(record: string, view: RecordView | undefined, place: string): string {
  const name = view?.live === true ? pathField(view.fields) : undefined;
  return name !== undefined && isSuffixedName(name, record, place) ? name : place;
}

function writeEdit(
  record: string,
  sawVersions: readonly string[],
  { fields, changed }: { readonly fields: Fields; readonly changed: readonly string[] },
  read: ReadFile,
): Edit {
  const { file, hash } = read;
  const shown = { place: file.path, mark: file.mark, hash };
  return {
    record,
    sawVersions,
    change: { kind: 'write', fields, changed, content: contentOf(read), shown },
  };
}

function contentOf({ file, hash, bytes }: ReadFile): EditContent {
  if (bytes !== undefined && bytes.length <= INLINE_MAX_BYTES)
    return { kind: 'bytes', bytes, hash };
  return { kind: 'local', hash, sizeBytes: file.sizeBytes };
}

/** The edit for an empty folder where nothing was noted. */
export function editOfFolder(record: string, view: RecordView | undefined, place: string): Edit {
  const shown = { place, mark: FOLDER_MARK, hash: '' };
  const fields = folderFields(nameOfNew(record, view, place));
  return {
    record,
    sawVersions: [],
    change: {
      kind: 'write',
      fields,
      changed: changedFrom(view, fields),
      content: { kind: 'none' },
      shown,
    },
  };
}

export function editOfMissing(shown: Shown): Edit {
  return { record: shown.record, sawVersions: shown.versions, change: { kind: 'delete' } };
}

const BATCH_EDITS = 4_000;

/** Edits on their way to `save`, many at a time. What they hold in bytes is bounded by who adds. */
export class EditBatch {
  readonly #port: CollectionPort;
  readonly #wasStale: (record: string) => boolean;
  readonly #edits = new Map<string, Edit>();
  #count = 0;

  /** @param wasStale true for a record whose view was not on the device when the look began. */
  constructor(port: CollectionPort, wasStale: (record: string) => boolean) {
    this.#port = port;
    this.#wasStale = wasStale;
  }

  /** How many of the edits saved so far were edits and not only news of the device. */
  get count(): number {
    return this.#count;
  }

  /** True while an edit of the record waits: what the port says of it is not up to date. */
  has(record: string): boolean {
    return this.#edits.has(record);
  }

  add(edit: Edit): void {
    this.#edits.set(edit.record, edit);
    if (this.#edits.size >= BATCH_EDITS) this.flush();
  }

  flush(): void {
    const edits = [...this.#edits.values()];
    this.#edits.clear();
    this.saveTogether(edits);
  }

  /** Saves all in one transaction, however many: what was done at once arrives at once. */
  saveTogether(edits: readonly Edit[], options?: SaveOptions): void {
    if (edits.length === 0) return;
    const unfinished = edits.filter((edit) => this.#needsAnotherLook(edit));
    const records = new Set(unfinished.map(({ record }) => record));
    for (const record of this.#waitingForNames(edits)) records.add(record);
    keepStale(this.#port, [...records], () => {
      this.#count += this.#port.save(edits, options);
    });
  }

  /**
   * Files under a suffix because a folder has their name: where what the folder held is leaving,
   * they may have it back. The engine knows of claims to the name itself only.
   */
  #waitingForNames(edits: readonly Edit[]): string[] {
    const port = this.#port;
    const folders = new Set<string>();
    for (const { record, sawVersions, change } of edits) {
      const before = sawVersions.length === 0 ? undefined : port.shown(record);
      if (before === undefined) continue;
      if (change.kind === 'write' && change.shown.place === before.place) continue;
      for (const folder of foldersAbove(before.place)) folders.add(foldName(folder));
    }
    return [...folders]
      .flatMap((folder) => port.claimants(folder))
      .filter(({ fields }) => !isFolderRecord(fields))
      .map(({ record }) => record);
  }

  /** The engine takes a saved record for shown as it is; name, type and bit may still differ. */
  #needsAnotherLook({ record, sawVersions, change }: Edit): boolean {
    if (change.kind === 'delete') return false;
    if (sawVersions.length > 0 && this.#wasStale(record)) return true;
    const { fields, shown } = change;
    if (shown.mark === FOLDER_MARK) return false;
    if (pathField(fields) !== shown.place) return true;
    const isLink = isLinkRecord(fields);
    if (isLink !== wasLink(shown.mark)) return true;
    return !isLink && isExecutable(fields) !== wasExecutable(shown.mark);
  }
}
