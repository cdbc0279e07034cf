/** What a record's view asks of the folder. No disk is touched here. */
import type { CollectionPort, RecordView } from '../../sync/kind.ts';
import type { IgnoreRules } from '../files/ignore.ts';
import { unsafePathReason } from '../files/names.ts';
import { isFolderRecord, pathField } from './fields.ts';
import { wantedPlace } from './projection.ts';

export type Job = JobOf<Task>;

export interface JobOf<T extends Task> {
  readonly record: string;
  /** What a person calls it in a message. */
  readonly title: string;
  readonly task: T;
}

export type Task =
  /** Ignored here. */
  | { readonly kind: 'leave' }
  /** It cannot be placed, on this disk or any. */
  | { readonly kind: 'refuse'; readonly error: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'folder'; readonly place: string; readonly view: RecordView }
  | FileTask;

export interface FileTask {
  readonly kind: 'file';
  readonly place: string;
  readonly view: RecordView;
  readonly content: NonNullable<RecordView['content']>;
  /** False where the file on the device has the content already. */
  readonly needsContent: boolean;
}

export interface Surroundings {
  readonly port: CollectionPort;
  readonly rules: IgnoreRules;
  /** See `wantedPlace`. */
  readonly foldsNames: boolean;
}

export function planJob(surroundings: Surroundings, record: string): Job {
  const { port } = surroundings;
  const view = port.view(record);
  const shown = port.shown(record);
  const path = view === undefined ? undefined : pathField(view.fields);
  const title = path ?? shown?.place ?? record;
  return { record, title, task: taskOf(surroundings, record, view, path) };
}

function taskOf(
  { port, rules, foldsNames }: Surroundings,
  record: string,
  view: RecordView | undefined,
  path: string | undefined,
): Task {
  if (view?.live !== true) return { kind: 'remove' };
  if (path === undefined) return { kind: 'refuse', error: 'it has no path' };
  const isFolder = isFolderRecord(view.fields);
  const reason = unsafePathReason(path);
  if (reason !== undefined) {
    return {
      kind: 'refuse',
      error: `not placed, as it could leave the folder: the name ${reason}`,
    };
  }
  if (rules.ignores(path, isFolder)) return { kind: 'leave' };
  const place = wantedPlace(port, view, foldsNames) ?? path;
  if (isFolder) return { kind: 'folder', place, view };
  const { content } = view;
  if (content === undefined) return { kind: 'refuse', error: 'it has no content' };
  const needsContent = port.shown(record)?.hash !== content.hash;
  return { kind: 'file', place, view, content, needsContent };
}

/** True where what is shown at `place` is on its way out: gone, or due at another place. */
export function hasToLeave(surroundings: Surroundings, record: string, place: string): boolean {
  const { task } = planJob(surroundings, record);
  if (task.kind === 'remove') return true;
  return (task.kind === 'file' || task.kind === 'folder') && task.place !== place;
}
