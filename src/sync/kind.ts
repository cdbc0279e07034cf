/**
 * The port between the engine and the kinds.
 *
 * A kind knows what a collection's records are on this device (files, tiddlers, commands); the
 * engine knows versions, commits and the bucket. They meet here and nowhere else:
 *
 * - `takeIn` finds what the person changed on this device and hands it over with `save`. When
 *   `save` returns, the change is in the replica together with its outbox entry and the note of
 *   what is on the device now (rule S4).
 * - `putOut` makes the device show what the replica shows, record by record, and notes with
 *   `placed` or `removed` what it put there and which versions the person sees thereby.
 *
 * A crash between an act on the device and its note is normal: the next `takeIn` finds content
 * equal to a current version, which is no edit (rule S6).
 */
import { BLOB_MAX_BYTES } from '../format/chunker.ts';

export type RecordId = string;
export type VersionId = string;

export type FieldValue = string | number | boolean;

/** A record's named fields; the content is apart. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** Content up to this size travels inside the commit (rule F4). */
export const INLINE_MAX_BYTES = 16 * 1024;
/** Content up to this size is sent as one blob, out of one piece in memory. */
export const PIECE_MAX_BYTES: number = BLOB_MAX_BYTES;

/** What a kind is: chosen once per collection, without state. */
export interface Kind {
  readonly name: string;
  /** What differing contents of one record mean (see "Policies" in docs/sync.md). */
  readonly policy: 'hold';
  /**
   * Fields that describe the content and go with it, such as a modification time: in a conflict
   * they are shown from the side that is held.
   */
  readonly contentFields: readonly string[];
  /** Those whose change alone is no edit (rule S6): all `contentFields` by default. */
  readonly silentFields?: readonly string[];
  /** The field that names the record, such as `path`: the oldest claim to a name keeps it. */
  readonly nameField: string;
  /**
   * The key under which a record claims its name, equal for names that collide on some disk;
   * undefined where the record claims none. Pure.
   */
  claimOf(fields: Fields): string | undefined;
  /** What a person calls the record: the path of a file. Pure. */
  titleOf(fields: Fields): string;
  /**
   * True for content that others mention, and that therefore is published and placed first:
   * attachments before the text that links them. Pure.
   */
  isAttachment(fields: Fields): boolean;
  /** Fields of the second record when a person keeps both sides of a conflict. Pure. */
  fieldsOfCopy(fields: Fields, deviceName: string, timeMs: number): Fields;
  /** Starts work on one collection of this device. `folder` is an absolute path. */
  open(port: CollectionPort, folder: string, options?: OpenOptions): Promise<OpenCollection>;
}

/** How a collection is carried on this device. */
export interface OpenOptions {
  /**
   * The parts of the collection that this device carries, as paths relative to the folder, with
   * `/`; undefined for the whole. That something else is not here is never a deletion.
   */
  readonly only?: readonly string[] | undefined;
}

/** One collection at work on this device. Calls never overlap, but for those of `files` and previews. */
export interface OpenCollection {
  /** For programs that edit single files, where the kind is one of files. Waits for no round. */
  readonly files?: FileDoor;
  /**
   * What other rules of what is left out would change, where the kind has such rules. Changes
   * nothing, and waits for no round.
   * @throws SatchelError `attention` where the folder cannot be looked at.
   */
  previewRules?(text: string): Promise<RulesPreview>;
  /**
   * True where nothing is in the folder that could be taken in, as far as one can see from outside.
   * Where a kind does not tell, old contents are not looked for before the first look (rule S6).
   */
  isEmpty?(): Promise<boolean>;
  /**
   * Finds what changed on this device and saves it.
   * @throws SatchelError `attention` where the collection's folder is missing or not the one
   *   that was attached: nothing is taken for deleted then (rule S8).
   */
  takeIn(): Promise<TakeInReport>;
  /** Brings every stale record onto the device. Failures are reported, the rest goes on. */
  putOut(): Promise<PutOutReport>;
  /**
   * The bytes now on the device for a record saved with `local` content, in pieces of at most
   * PIECE_MAX_BYTES, best in one; undefined where they are gone. They may have changed since: the
   * engine checks the hash.
   */
  readLocal(record: RecordId): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Calls `onChange` soon after something changed on the device, until the signal aborts. May
   * miss changes and may call without one; `takeIn` is the truth.
   */
  watch(onChange: () => void, signal: AbortSignal): Promise<FolderWatch>;
  close(): Promise<void>;
}

/** Goes on being true while the watch lasts: later changes of either show in it. */
export interface FolderWatch {
  /** Folders under watch. */
  readonly watched: number;
  /** Why some changes will not be noticed at once, in words; undefined where all will. */
  readonly limited: string | undefined;
}

export interface RulesPreview {
  /** Files that are carried by now, and would be left out. */
  readonly leaving: PreviewedFiles & {
    /** How many of them are in the replica already. */
    readonly carried: number;
  };
  /** Files that are left out by now, and would be carried. */
  readonly joining: PreviewedFiles;
  /** All that would be left out. A folder that is, as a whole, counts once, with `/` at its end. */
  readonly out: { readonly count: number; readonly paths: readonly string[] };
  /** Lines that match nothing, and why; the first is 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

export interface PreviewedFiles {
  readonly files: number;
  readonly bytes: number;
  /** The first of them, in order. */
  readonly paths: readonly string[];
}

/**
 * Single files, as programs read and save them: what is done when a call resolves is on the disk and
 * in the replica, in one transaction with the note of it (rule S4), and nothing waits for the
 * network. What changed on the disk meanwhile is taken in before and never overwritten (rule S6).
 * All throw SatchelError `usage` for a path that cannot be, `attention` where the disk does not
 * allow it, and `busy` while the file is being moved for somebody else.
 */
export interface FileDoor {
  /** The file at a path; undefined where there is none. */
  read(path: string): Promise<FileNow | undefined>;
  /** Saves files together, to be published as one commit; what is expected holds for the last. */
  write(files: readonly FileToWrite[], expected: Expected): Promise<Written>;
  /** Moves a file, or a folder with all in it. What is expected holds for a file. */
  move(from: string, to: string, expected: Expected): Promise<Moves>;
  remove(path: string, expected: Expected): Promise<Removal>;
}

export interface FileToWrite {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What the caller knows of a file that it changes. */
export type Expected =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'absent' }
  /** See `CollectionPort.rev`. */
  | { readonly kind: 'rev'; readonly rev: number }
  /** Nanoseconds since the Unix epoch. */
  | { readonly kind: 'mtime'; readonly mtimeNs: bigint };

/** A file as it is on the disk and in the replica. */
export interface FileStamp {
  readonly path: string;
  /** See `CollectionPort.rev`. */
  readonly rev: number;
  /** Nanoseconds since the Unix epoch. */
  readonly mtimeNs: bigint;
}

export interface FileNow extends FileStamp {
  readonly record: RecordId;
  readonly sizeBytes: number;
  /** Undefined where it is too long to be handed over in one piece. */
  readonly bytes: Uint8Array | undefined;
}

/** What was expected does not hold: the file as it is, or undefined where there is none. */
export interface FileChanged {
  readonly kind: 'changed';
  readonly path: string;
  readonly record: RecordId | undefined;
  readonly now: FileNow | undefined;
}

export type Written =
  | { readonly kind: 'written'; readonly files: readonly FileStamp[] }
  | FileChanged;

export type Moves =
  | { readonly kind: 'moved'; readonly moved: readonly { from: string; to: string }[] }
  | FileChanged;

export type Removal = { readonly kind: 'removed'; readonly rev: number } | FileChanged;

export interface TakeInReport {
  /** Edits handed to `save`. */
  readonly edits: number;
  /** What could not be read now, in words: a problem that a person may have to see to. */
  readonly skipped: readonly Trouble[];
  /** What is not carried by its nature, such as a symbolic link, in words: worth knowing, no more. */
  readonly leftOut?: readonly Trouble[];
}

export interface PutOutReport {
  /** Records that now show something else on this device, and the content bytes written. */
  readonly applied: { readonly versions: number; readonly bytes: number };
  readonly failed: readonly Trouble[];
  /** Something stood in the way, or changed meanwhile: take in and put out once more. */
  readonly again?: boolean;
}

export interface Trouble {
  readonly path: string;
  readonly error: string;
}

/**
 * What the engine offers to an open collection. Synchronous calls are one transaction each, unless
 * `transaction` holds them together.
 */
export interface CollectionPort {
  readonly collection: string;
  /** The name of this device, for names of copies. */
  readonly deviceName: string;

  /**
   * Runs several calls as one transaction: what they change is kept as a whole, or not at all
   * where `work` throws. Many calls are also much faster this way.
   */
  transaction<T>(work: () => T): T;
  /** One that a power failure cannot take, nor any before it. Not within another. */
  durableTransaction<T>(work: () => T): T;

  /** What is on this device, as last noted; the whole collection, or one record, or one place. */
  shownAll(): IterableIterator<Shown>;
  shown(record: RecordId): Shown | undefined;
  shownAt(place: string): Shown | undefined;

  /** What the record shows now, pending edits of this device included; undefined if unknown. */
  view(record: RecordId): RecordView | undefined;
  /** Live records that claim the name, oldest claim first (rule S5). */
  claimants(claim: string): readonly Claimant[];
  /** True if a live record claims a name below `claim` + '/'. */
  isClaimedBelow(claim: string): boolean;
  /** Those that do, in no order. They may be many: to be asked for where it matters who they are. */
  claimantsBelow(claim: string): readonly Claimant[];
  /**
   * The record to which something new of this name belongs: the one that claims the name, else
   * the id made from it, or a random id where that one lives under another name (rule S5).
   * Records of that name that are already shown elsewhere on this device do not count.
   */
  recordFor(fields: Fields): RecordId;

  /**
   * Saves edits, all or none. An edit whose outcome equals what the record shows is no edit:
   * only the note of what is on the device changes (rule S6).
   * Returns how many were edits.
   */
  save(edits: readonly Edit[], options?: SaveOptions): number;
  /**
   * The number of the change that brought what is shown of a record, or that took it away; 0 where
   * it was never shown. Each change of what is shown on this device has a number of its own, higher
   * than all before.
   */
  rev(record: RecordId): number;

  /**
   * Records whose view may differ from what is on the device, in the order to place them: by
   * commit, attachments first, then the rest, then what is gone. Without those that are held.
   */
  stale(): readonly RecordId[];
  /**
   * What is planned for these records now heeds all that is known of them. News that comes before
   * they are `placed`, `removed` or `settled` leaves them stale. Ends what was begun before.
   */
  startOn(records: readonly RecordId[]): void;
  isStale(record: RecordId): boolean;
  /**
   * True where the record is gone and what is on this device of it stays until a person has decided
   * (rule S8): it is not to be removed, not even to make room.
   */
  isHeld(record: RecordId): boolean;
  /** Asks for another look at one record. */
  markStale(record: RecordId): void;
  /** Asks for another look at every record, e.g. after the ignore rules changed. */
  markAllStale(): void;
  /** Notes what was put on the device; the record is no longer stale. */
  placed(shown: Shown): void;
  /** Notes that nothing of the record is on the device; it is no longer stale. */
  removed(record: RecordId): void;
  /** The record needs no work now (it is ignored here); it is no longer stale. */
  settled(record: RecordId): void;

  /**
   * The content of what a view shows, in pieces of at most 16 MiB, from the replica or the bucket.
   * The hash was checked when the last piece is out.
   * @throws SatchelError `unreachable`, `refused` or `damaged`; OutdatedViewError.
   */
  content(view: RecordView): AsyncIterable<Uint8Array>;
  /** True if some known version of the record, current or not, has this content hash. */
  knowsContent(record: RecordId, hash: string): boolean;
  /** Such versions, where a file that is there anew may be an old copy: not where it was deleted here. */
  oldCopiesOf(record: RecordId, hash: string): readonly VersionId[];

  /** A small note of the kind's own, kept with the collection on this device only. */
  note(name: string): string | undefined;
  setNote(name: string, value: string): void;
  /** The same, and a power cut takes neither this note nor any change before it. Not to be nested. */
  setDurableNote(name: string, value: string): void;

  /** Tells about long work: `unit` is what `done` and `total` count. */
  progress(step: string, done: number, total: number | undefined, unit: 'files' | 'bytes'): void;
  random(count: number): Uint8Array;
  /**
   * This computer's own time, right or wrong, milliseconds since the Unix epoch: files on its disks
   * are dated by it, and what their dates prove depends on it.
   */
  now(): number;
  /** The time by which anything is deleted: the earlier of `now()` and the bucket's. */
  deletionTime(): number;
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** What was last put on, or taken from, this device for one record. */
export interface Shown {
  readonly record: RecordId;
  /** Where on the device: a path relative to the folder, with `/`. */
  readonly place: string;
  /** The kind's own fingerprint of the place; equal marks mean it was not touched since. */
  readonly mark: string;
  /** Content hash, or '' where the record has no content (a folder). */
  readonly hash: string;
  /** The versions a person sees by looking at the place. */
  readonly versions: readonly VersionId[];
}

/** A view is asked for content, and another has taken its place: look at the record once more. */
export class OutdatedViewError extends Error {}

/** What a record shows: a pure function of its current versions (rule S3) and of the side held. */
export interface RecordView {
  readonly record: RecordId;
  readonly live: boolean;
  readonly fields: Fields;
  /** Undefined for a record without content, such as a folder, and for one that is gone. */
  readonly content: { readonly hash: string; readonly sizeBytes: number } | undefined;
  /** The version whose content is shown. */
  readonly version: VersionId;
  /** All versions that a person sees when this view is on the device. */
  readonly shows: readonly VersionId[];
  /** Contents differ and a person has to choose. */
  readonly conflict: boolean;
}

export interface Claimant {
  readonly record: RecordId;
  readonly fields: Fields;
}

/** One change made on this device. */
export interface Edit {
  readonly record: RecordId;
  /** What the person was looking at: the versions of the note before, or none for a new thing. */
  readonly sawVersions: readonly VersionId[];
  readonly change:
    | {
        readonly kind: 'write';
        /** All fields as they are now; those that go with the content are compared with before. */
        readonly fields: Fields;
        /** Names of others that were changed or taken away; the rest stays as the record has it. */
        readonly changed: readonly string[];
        readonly content: EditContent;
        /** What is on the device now; its versions are filled in by `save`. */
        readonly shown: Omit<Shown, 'record' | 'versions'>;
      }
    | { readonly kind: 'delete' };
}

export interface SaveOptions {
  /** None of the edits is published before all can be: they mention each other. */
  readonly together?: boolean;
}

export type EditContent =
  /** A record without content. */
  | { readonly kind: 'none' }
  /** At most INLINE_MAX_BYTES, kept in the replica from now on. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly hash: string }
  /** Longer content, read from the device when it is published. */
  | { readonly kind: 'local'; readonly hash: string; readonly sizeBytes: number };
