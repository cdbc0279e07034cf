/** What a record's view asks of the folder. No disk is touched here. */
import type { CollectionPort, RecordView, Shown } from '../../sync/kind.ts';
import type { IgnoreRules } from '../files/ignore.ts';
import { LINK_TARGET_MAX_BYTES } from '../files/links.ts';
import { type NameFolding, notOnWindowsReason, unsafePathReason } from '../files/names.ts';
import { wasLink } from '../files/noted.ts';
import type { Selection } from '../files/selection.ts';
import { isFolderRecord, isLinkRecord, pathField } from './fields.ts';
import { wantedPlace } from './projection.ts';

export type Job = JobOf<Task>;

export interface JobOf<T extends Task> {
  readonly record: string;
  /** What a person calls it in a message. */
  readonly title: string;
  readonly task: T;
}

export type Task =
  /** Ignored here, outside the chosen subfolders, or held for a person. */
  | { readonly kind: 'leave' }
  /** It was moved out of the chosen subfolders on another device: it goes, and lives on there. */
  | { readonly kind: 'withdraw' }
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
  /** True for a symbolic link, whose content is its target. */
  readonly isLink: boolean;
  /** False where the file on the device has the content already. */
  readonly needsContent: boolean;
}

export interface Surroundings {
  readonly port: CollectionPort;
  readonly rules: IgnoreRules;
  readonly selection: Selection;
  /** See `wantedPlace`. */
  readonly folding: NameFolding;
  readonly hasWindowsNames: boolean;
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
  { port, rules, selection, folding, hasWindowsNames }: Surroundings,
  record: string,
  view: RecordView | undefined,
  path: string | undefined,
): Task {
  if (view?.live !== true) return { kind: port.isHeld(record) ? 'leave' : 'remove' };
  if (path === undefined) return { kind: 'refuse', error: 'it has no path' };
  const isFolder = isFolderRecord(view.fields);
  const reason = unsafePathReason(path);
  if (reason !== undefined) {
    return {
      kind: 'refuse',
      error: `not placed, as it could leave the folder: the name ${reason}`,
    };
  }
  const shown = port.shown(record);
  if (!selection.includes(path)) {
    return { kind: shown !== undefined && selection.includes(shown.place) ? 'withdraw' : 'leave' };
  }
  if (rules.ignores(path, isFolder)) return { kind: 'leave' };
  const notHere = hasWindowsNames ? notOnWindowsReason(path) : undefined;
  if (notHere !== undefined) {
    const error = `not placed, as Windows cannot have it: the name ${notHere}; another name brings it here`;
    return { kind: 'refuse', error };
  }
  const place = wantedPlace(port, view, folding) ?? path;
  if (isFolder) return { kind: 'folder', place, view };
  const { content } = view;
  if (content === undefined) return { kind: 'refuse', error: 'it has no content' };
  const isLink = isLinkRecord(view.fields);
  if (isLink && content.sizeBytes > LINK_TARGET_MAX_BYTES) {
    const error = `not placed: the link's target is longer than ${LINK_TARGET_MAX_BYTES} bytes`;
    return { kind: 'refuse', error };
  }
  const needsContent = needsContentAt(place, shown, content.hash, isLink);
  return { kind: 'file', place, view, content, isLink, needsContent };
}

/** A link is made anew wherever it moves: whether its target is safe depends on the place. */
function needsContentAt(
  place: string,
  shown: Shown | undefined,
  hash: string,
  isLink: boolean,
): boolean {
  if (shown === undefined || shown.hash !== hash || wasLink(shown.mark) !== isLink) return true;
  return isLink && shown.place !== place;
}

/** True where what is shown at `place` is on its way out: gone, or due at another place. */
export function hasToLeave(surroundings: Surroundings, record: string, place: string): boolean {
  const { task } = planJob(surroundings, record);
  if (task.kind === 'remove' || task.kind === 'withdraw') return true;
  return (task.kind === 'file' || task.kind === 'folder') && task.place !== place;
}
