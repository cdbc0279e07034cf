/**
 * What people did, each edit with what its author had been shown at that moment: the content that
 * stood in the file. Contents are told apart by themselves, for every one is written only once.
 */
import { utf8 } from '../../src/base/bytes.ts';
import { contentHash } from '../../src/base/hash.ts';

/** The excuse of a deletion by a machine that is no more, after its twin or the bucket had it. */
export const DELETED_ELSEWHERE = 'a deletion that others may have';

export interface Edit {
  readonly id: number;
  readonly atMs: number;
  readonly machine: string;
  readonly what: string;
  /** Where the file is, for what a person wrote or deleted. */
  readonly place?: string | undefined;
  /** What the person had before their eyes, as its hash; undefined for something new. */
  readonly before: string | undefined;
  /** What the person left there, as its hash; undefined where it was deleted. */
  readonly after: string | undefined;
  /** How often Satchel had looked into a folder of that machine; undefined where it matters not. */
  readonly looks?: number | undefined;
  /** Why nobody can expect to find it again; undefined where everybody may. */
  excuse: string | undefined;
  /** What came in its place before Satchel looked again, written or moved there, as its hash. */
  rewritten?: string | undefined;
}

export interface Move {
  readonly machine: string;
  /** How many edits had been made. */
  readonly atEdit: number;
  readonly hash: string;
  readonly from: string;
  readonly to: string;
}

/** What else happened to a content, so that it may be there again though somebody let it go. */
export type Touch =
  | 'moved'
  | 'moved by the dead'
  | 'chosen'
  | 'brought back'
  | 'copied'
  | 'power cut'
  | 'interrupted'
  | 'held'
  | 'mode changed';

interface NoteOptions extends Pick<Edit, 'place' | 'looks'> {
  readonly excuse?: string;
}

/** A name as disks take it that tell neither case nor Unicode form. */
export function foldedName(place: string): string {
  return place.normalize('NFC').toLowerCase();
}

export class Oracle {
  readonly #now: () => number;
  readonly #edits: Edit[] = [];
  readonly #byBefore = new Map<string, Edit[]>();
  readonly #texts = new Map<string, string>();
  readonly #touches = new Map<string, Set<Touch>>();
  readonly #touchCounts = new Map<string, number>();
  readonly #repeated = new Set<string>();
  #moves: readonly Move[] = [];
  readonly #swaps: Pick<Move, 'machine' | 'atEdit' | 'hash'>[] = [];
  /** Folded. */
  readonly #arrivals = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** @param content that may be written more than once. */
  noteRepeated(content: string): void {
    this.#repeated.add(hashOf(content));
  }

  /** Contents as they are before and after; undefined for nothing. */
  note(
    machine: string,
    what: string,
    before: string | undefined,
    after: string | undefined,
    options: NoteOptions = {},
  ): Edit {
    const [from, to] = [before, after].map((text) =>
      text === undefined ? undefined : this.#know(text),
    );
    const edit: Edit = {
      id: this.#edits.length,
      atMs: this.#now(),
      machine,
      what,
      before: from,
      after: to,
      place: options.place,
      looks: options.looks,
      excuse: options.excuse,
    };
    this.#noteRewritten(edit);
    this.#edits.push(edit);
    if (from !== undefined) this.#byBefore.set(from, [...(this.#byBefore.get(from) ?? []), edit]);
    return edit;
  }

  /**
   * A file that is deleted and written anew is, to whoever did not look in between, a file that was
   * written: no deletion can be told, and none is asked for (rule S6). So is one that another was moved
   * over, and that was written then.
   */
  #noteRewritten({ machine, place, looks, before, after }: Edit): void {
    if (place === undefined || after === undefined) return;
    const last = this.#edits.findLast((one) => one.machine === machine && one.place === place);
    if (last?.after !== undefined || last?.looks === undefined || last.looks !== looks) return;
    if (before === undefined || last.rewritten === before) last.rewritten = after;
  }

  /** A person chose between these, all of them shown. */
  noteChoice(machine: string, shown: readonly string[], chosen: string | undefined): void {
    for (const hash of shown) {
      this.touch(hash, 'chosen');
      if (hash === chosen) continue;
      const edit: Edit = {
        id: this.#edits.length,
        atMs: this.#now(),
        machine,
        what: 'chose',
        before: hash,
        after: chosen,
        excuse: undefined,
      };
      this.#edits.push(edit);
      this.#byBefore.set(hash, [...(this.#byBefore.get(hash) ?? []), edit]);
    }
  }

  get moves(): readonly Move[] {
    return this.#moves;
  }

  /**
   * A person moved a file with this content here, whatever stood here before: all that Satchel finds of
   * what happened here since its last look.
   */
  noteArrival(machine: string, looks: number, content: string, place: string): void {
    this.#arrivals.add(foldedName(place));
    const hash = hashOf(content);
    this.touch(hash, 'moved');
    for (const edit of this.#edits) {
      const isHere = edit.machine === machine && edit.place === place && edit.looks === looks;
      if (isHere) edit.rewritten = hash;
    }
  }

  hasArrival(place: string): boolean {
    return this.#arrivals.has(foldedName(place));
  }

  /** A person gave a file a name that no other ever had. */
  noteMove(machine: string, content: string, from: string, to: string): void {
    const atEdit = this.#edits.length;
    this.#moves = [...this.#moves, { machine, atEdit, hash: hashOf(content), from, to }];
  }

  /** What a machine that is no more had moved since that edit happened nowhere else. */
  forgetMoves(machine: string, fromEdit: number): void {
    this.#moves = this.#moves.filter((move) => {
      const isForgotten = move.machine === machine && move.atEdit >= fromEdit;
      if (isForgotten) this.touch(move.hash, 'moved');
      return !isForgotten;
    });
  }

  /** A person put this content where another one stood, which went where this one was. */
  noteSwapped(machine: string, looks: number, content: string, to: string): void {
    this.#swaps.push({ machine, atEdit: this.#edits.length, hash: hashOf(content) });
    this.noteArrival(machine, looks, content, to);
  }

  /** Nobody may ever have heard of what a machine that is no more swapped since that edit. */
  forgetSwaps(machine: string, fromEdit: number): void {
    for (const swap of this.#swaps) {
      if (swap.machine !== machine || swap.atEdit < fromEdit) continue;
      this.touch(swap.hash, 'moved by the dead');
    }
  }

  touch(hash: string, how: Touch): void {
    const known = this.#touches.get(hash) ?? new Set();
    this.#touches.set(hash, known.add(how));
    this.#touchCounts.set(hash, this.touchCount(hash) + 1);
  }

  /** How often anything happened to it. */
  touchCount(hash: string): number {
    return this.#touchCounts.get(hash) ?? 0;
  }

  /** The same of all that this content took the place of, one after the other. */
  touchLineOf(content: string, how: Touch): void {
    const open = [hashOf(content)];
    const done = new Set<string>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (done.has(at)) continue;
      done.add(at);
      this.touch(at, how);
      const hash = at;
      open.push(
        ...this.#edits.flatMap(({ after, before }) => (after === hash ? (before ?? []) : [])),
      );
    }
  }

  /**
   * True where somebody moved the file while it held what this content was made of. Who deletes it
   * need not have seen that: a file that was renamed meanwhile stays, with what it became (rule S7).
   */
  wasMovedBefore(hash: string): boolean {
    const line = new Set([hash]);
    for (const at of line) {
      for (const { before, after } of this.#edits) {
        if (after !== at || before === undefined) continue;
        if (this.touchesOf(before).has('moved')) return true;
        line.add(before);
      }
    }
    return false;
  }

  touchText(content: string, how: Touch): void {
    this.touch(hashOf(content), how);
  }

  touchesOf(hash: string): ReadonlySet<Touch> {
    return this.#touches.get(hash) ?? new Set();
  }

  /** True where the content was written once, so that where it is tells what became of the edit. */
  isUnique(hash: string): boolean {
    return this.#texts.has(hash) && !this.#repeated.has(hash);
  }

  /** A content in words: its first line. */
  wordsOf(hash: string): string {
    return this.#texts.get(hash)?.split('\n')[0]?.slice(0, 60) ?? `(unknown ${hash.slice(0, 8)})`;
  }

  /** True where somebody wrote it on that machine. */
  isWrittenOn(machine: string, hash: string): boolean {
    return this.#edits.some((edit) => edit.machine === machine && edit.after === hash);
  }

  /** Edits whose authors were shown this content. */
  editsOf(hash: string): readonly Edit[] {
    return this.#byBefore.get(hash) ?? [];
  }

  /**
   * True where somebody who had been shown `earlier` made `later` of it, in one step or several. What
   * the power brought back was edited before, too: only what was done after a step follows from it.
   */
  wasShownTo(earlier: string, later: string): boolean {
    const since = new Map([[earlier, -1]]);
    // Edits come in the order in which they were made.
    for (const { id, before, after } of this.#edits) {
      if (before === undefined || (since.get(before) ?? id) >= id) continue;
      if (after === later) return true;
      // What is written again and again tells nothing of who saw which of its writings.
      if (after === undefined || since.has(after) || !this.isUnique(after)) continue;
      since.set(after, id);
    }
    return false;
  }

  /**
   * The edit by which somebody who saw this content surely let it go; undefined where nobody did.
   * Who wrote what is written again and again may have written what another side of a conflict
   * holds: that is no edit, and lets nothing go (rule S6), whether or not the file was deleted just
   * before. What nobody but its file ever held counts with what it became before Satchel looked
   * (rule S5).
   * @param isKnown whether a content became a version.
   */
  letGoBy(hash: string, isKnown: (hash: string) => boolean): Edit | undefined {
    const open = [hash];
    const seen = new Set(open);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const edit of this.editsOf(at)) {
        const after = edit.rewritten ?? edit.after;
        if (edit.excuse !== undefined) continue;
        if (after === undefined) return edit;
        if (seen.has(after) || !this.isUnique(after)) continue;
        if (isKnown(after)) return edit;
        seen.add(after);
        open.push(after);
      }
    }
    return undefined;
  }

  /**
   * Contents that are nowhere, though nobody who saw them let them go: what is lost. An edit that
   * is lost itself, with an excuse or without, does not account for what it replaced; a deletion
   * that others have as well may have been carried on by them.
   */
  lost(isFound: (hash: string) => boolean): readonly Edit[] {
    const isAccountedFor = (hash: string): boolean => {
      // Contents may come back to themselves, in a circle that accounts for nothing.
      const open = new Set([hash]);
      for (const at of open) {
        if (isFound(at)) return true;
        for (const { after, excuse } of this.editsOf(at)) {
          if (after !== undefined) open.add(after);
          else if (excuse === undefined || excuse === DELETED_ELSEWHERE) return true;
        }
      }
      return false;
    };
    return this.#edits.filter(
      ({ after, excuse }) => after !== undefined && excuse === undefined && !isAccountedFor(after),
    );
  }

  #know(text: string): string {
    const hash = hashOf(text);
    this.#texts.set(hash, text);
    return hash;
  }
}

export function hashOf(content: string): string {
  return contentHash(utf8(content));
}
