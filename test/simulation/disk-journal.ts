/**
 * What was done on a simulated disk and is not durable yet, in order, and what a power cut makes of
 * it. The model is weaker than any journalling file system and stronger than what POSIX promises:
 *
 * - Each step comes through whole or not at all: a rename never loses both names, nor the file
 *   under the name that it replaces.
 * - Of steps on the same name, or on the same file's names, one comes through only if all before
 *   it did; so does one in a folder only if the folder did, the removal of a folder only if
 *   whatever was moved out of it did, and a move of a folder only if all folders above its new place
 *   are where they were by then: else it could end up inside itself. Other steps are lost
 *   independently of each other.
 * - A name needs the attributes that its file had by then: its time, and whether it is executable.
 *   Attributes that were set after a content was written need that content.
 * - Flushing a folder makes its names durable with all that they need, but not as such the contents
 *   of its files. Those become durable by a flush of the file, which leaves its name alone.
 * - A content that is lost may be the former one, with its time, or a torn one: half of what was
 *   written, or nothing. It is never another content of the same size and time, which nothing
 *   could tell apart from the right one.
 * - After half a minute the system writes back by itself.
 */
import type { DiskNode, Entry, FileNode, FolderNode, LinkNode } from './disk-nodes.ts';

export type Change = NameChange | StateChange;

export interface NameChange {
  readonly kind: 'name';
  readonly folder: FolderNode;
  readonly key: string;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** What a file or a link says of itself; `bytes` stays as it is for links. */
export interface NodeState {
  readonly mtimeNs: bigint;
  readonly isExecutable: boolean;
  readonly bytes: Uint8Array;
}

export interface StateChange {
  readonly kind: 'content' | 'attributes';
  readonly node: FileNode | LinkNode;
  readonly before: NodeState;
  readonly after: NodeState;
}

interface Step {
  readonly changes: readonly Change[];
  /** Wall-clock time, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** What it goes with: it is lost where a step that marks one of these was lost before it. */
  readonly needs: readonly string[];
  readonly marks: readonly string[];
}

const WRITE_BACK_MS = 30_000;

export class Journal {
  #steps: Step[] = [];

  record(changes: readonly Change[], atMs: number): void {
    this.#writeBack(atMs);
    const needs = [...changes.flatMap(needsOf), ...emptied(changes)];
    this.#steps.push({ changes, atMs, needs, marks: changes.flatMap(marksOf) });
  }

  /** Makes the names in a folder durable. */
  flushFolder(folder: FolderNode): void {
    this.#flush(entriesMark(folder));
  }

  /** Makes the content and the attributes of a file durable, but not its name. */
  flushFile(file: FileNode): void {
    this.#flush(contentMark(file), attributesMark(file));
  }

  flushAll(): void {
    this.#steps = [];
  }

  /**
   * Ends with everything that is left being durable.
   * @param change brings the disk to one side of a change.
   * @param chance true where something is lost.
   */
  cut(change: (change: Change, to: 'before' | 'after') => void, chance: () => boolean): void {
    const steps = this.#steps;
    this.#steps = [];
    for (const { changes } of steps.toReversed()) {
      for (const each of changes.toReversed()) change(each, 'before');
    }
    const lost = new Set<string>();
    for (const step of steps) {
      const isKept = !step.needs.some((need) => lost.has(need)) && !chance();
      if (isKept) {
        for (const each of step.changes) change(each, 'after');
        continue;
      }
      const isFirst = !step.marks.some((mark) => lost.has(mark));
      for (const mark of step.marks) lost.add(mark);
      for (const each of step.changes) {
        const torn = isFirst ? tornOf(each, chance) : undefined;
        if (torn !== undefined) change(torn, 'after');
      }
    }
  }

  /** The clock may have jumped: what is dated far off either way is old. */
  #writeBack(nowMs: number): void {
    for (let first = this.#steps[0]; first !== undefined; first = this.#steps[0]) {
      if (Math.abs(nowMs - first.atMs) < WRITE_BACK_MS) return;
      this.#steps.shift();
    }
  }

  #flush(...marks: readonly string[]): void {
    if (this.#steps.length === 0) return;
    const wanted = new Set(marks);
    const kept: Step[] = [];
    for (const step of this.#steps.toReversed()) {
      if (!step.marks.some((each) => wanted.has(each))) kept.push(step);
      else for (const need of step.needs) wanted.add(need);
    }
    this.#steps = kept.reverse();
  }
}

/** A content of which the beginning reached the disk, or nothing. */
function tornOf(change: Change, chance: () => boolean): StateChange | undefined {
  if (change.kind !== 'content' || chance()) return undefined;
  const { bytes } = change.after;
  const lengthBytes = chance() ? 0 : bytes.length >> 1;
  return { ...change, after: { ...change.after, bytes: bytes.slice(0, lengthBytes) } };
}

function marksOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'name':
      return [...sharedMarks(change), entriesMark(change.folder)];
    case 'content':
      return [contentMark(change.node)];
    case 'attributes':
      return [attributesMark(change.node)];
  }
}

function needsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'name':
      return [...sharedMarks(change), ...placeOf(change), ...attributesOf(change)];
    case 'content':
      return [contentMark(change.node)];
    case 'attributes':
      return [attributesMark(change.node), contentMark(change.node)];
  }
}

/** The name, and the nodes that had it and have it. */
function sharedMarks({ folder, key, before, after }: NameChange): readonly string[] {
  const marks = [`${folder.inode}/${key}`];
  if (before !== undefined) marks.push(nodeMark(before.node));
  if (after !== undefined && after.node !== before?.node) marks.push(nodeMark(after.node));
  return marks;
}

/** The folder that a name is in, and all above that one where the name is a folder's. */
function placeOf({ folder, after }: NameChange): readonly string[] {
  const marks = [nodeMark(folder)];
  if (after?.node.kind !== 'folder') return marks;
  for (let at = folder.parent; at !== undefined; at = at.parent) marks.push(nodeMark(at));
  return marks;
}

/** A folder that goes must have lost what was in it before. */
function emptied(changes: readonly Change[]): readonly string[] {
  const names = changes.filter((change) => change.kind === 'name');
  const gone = names.map(({ before }) => before?.node).filter((node) => node?.kind === 'folder');
  return gone.filter((node) => names.every(({ after }) => after?.node !== node)).map(entriesMark);
}

/** A name that comes through leads to a file with the attributes it had by then. */
function attributesOf({ after }: NameChange): readonly string[] {
  return after === undefined ? [] : [attributesMark(after.node)];
}

function nodeMark(node: DiskNode): string {
  return `#${node.inode}`;
}

function attributesMark(node: DiskNode): string {
  return `~${node.inode}`;
}

function contentMark(node: DiskNode): string {
  return `=${node.inode}`;
}

function entriesMark(folder: FolderNode): string {
  return `${folder.inode}/`;
}
