/**
 * The smallest kind: a "folder" that is a Map in memory. For tests of the engine alone, where a
 * disk would only add noise. Names are paths, content is text.
 */
import { utf8, utf8Text } from '../../src/base/bytes.ts';
import { isErrorKind } from '../../src/base/errors.ts';
import { contentHash } from '../../src/base/hash.ts';
import type {
  CollectionPort,
  Edit,
  EditContent,
  Fields,
  Kind,
  OpenCollection,
  RecordView,
  Trouble,
} from '../../src/sync/kind.ts';
import { INLINE_MAX_BYTES } from '../../src/sync/kind.ts';

export type MapFolder = Map<string, string>;

/** A kind whose folders are looked up by name; `folders` is shared with the test. */
export function mapKind(folders: ReadonlyMap<string, MapFolder>): Kind {
  return {
    name: 'vault',
    policy: 'hold',
    contentFields: ['mtime'],
    nameField: 'path',
    claimOf: (fields) => String(fields.path),
    titleOf: (fields) => String(fields.path),
    isAttachment: (fields) => String(fields.path).endsWith('.png'),
    fieldsOfCopy: (fields, device) => ({ ...fields, path: `${fields.path} (${device})` }),
    open: (port, folder) => {
      const map = folders.get(folder);
      if (map === undefined) throw new Error(`no folder ${folder}`);
      return Promise.resolve(openMap(port, map));
    },
  };
}

function openMap(port: CollectionPort, map: MapFolder): OpenCollection {
  return {
    takeIn: () => Promise.resolve({ edits: takeIn(port, map), skipped: [] }),
    putOut: () => putOut(port, map),
    readLocal: (record) => {
      const place = port.shown(record)?.place;
      const text = place === undefined ? undefined : map.get(place);
      return Promise.resolve(text === undefined ? undefined : pieces(text));
    },
    watch: () => Promise.resolve({ watched: 1, limited: undefined }),
    close: () => Promise.resolve(),
  };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield utf8(text);
}

/** A move is content that went missing in one place and came up in another. */
function takeIn(port: CollectionPort, map: MapFolder): number {
  const rows = [...port.shownAll()];
  const missing = new Map(rows.filter((row) => !map.has(row.place)).map((row) => [row.hash, row]));
  const edits: Edit[] = [];
  for (const [path, text] of map) {
    const hash = contentHash(utf8(text));
    const here = port.shownAt(path);
    if (here?.hash === hash) continue;
    const moved = here === undefined ? missing.get(hash) : undefined;
    if (moved !== undefined) missing.delete(hash);
    const before = here ?? moved;
    const fields: Fields = { path };
    const record = before?.record ?? port.recordFor(fields);
    const view = port.view(record);
    if (before === undefined && view?.live !== true) {
      edits.push(write({ record, saw: view?.shows ?? [], path, text, changed: ['path'] }));
    } else {
      const changed = before !== undefined && before.place !== path ? ['path'] : [];
      edits.push(write({ record, saw: before?.versions ?? [], path, text, changed }));
    }
  }
  const moved = new Set(edits.map((edit) => edit.record));
  for (const row of rows) {
    if (map.has(row.place) || moved.has(row.record)) continue;
    edits.push({ record: row.record, sawVersions: row.versions, change: { kind: 'delete' } });
  }
  return port.save(edits);
}

interface Found {
  readonly record: string;
  readonly saw: readonly string[];
  readonly path: string;
  readonly text: string;
  readonly changed: readonly string[];
}

function write({ record, saw, path, text, changed }: Found): Edit {
  const bytes = utf8(text);
  const hash = contentHash(bytes);
  const content: EditContent =
    bytes.length <= INLINE_MAX_BYTES
      ? { kind: 'bytes', bytes, hash }
      : { kind: 'local', hash, sizeBytes: bytes.length };
  const shown = { place: path, mark: hash, hash };
  const fields = { path };
  return { record, sawVersions: saw, change: { kind: 'write', fields, changed, content, shown } };
}

async function putOut(port: CollectionPort, map: MapFolder): ReturnType<OpenCollection['putOut']> {
  const applied = { versions: 0, bytes: 0 };
  const failed: Trouble[] = [];
  const works: { readonly record: string; readonly view: RecordView; readonly text: string }[] = [];
  for (const record of port.stale()) {
    const view = port.view(record);
    if (view?.live === true) {
      const text = textHere(port, map, view) ?? (await contentOf(port, view));
      if (text !== undefined) works.push({ record, view, text });
      else failed.push({ path: placeOf(port, record), error: 'its content is damaged' });
      continue;
    }
    leave(port, map, record, undefined);
    port.removed(record);
  }
  // First everything leaves its old place, so that swaps do not meet.
  for (const { record } of works) leave(port, map, record, placeOf(port, record));
  for (const { record, view, text } of works) {
    const place = placeOf(port, record);
    const present = map.get(place);
    if (present !== undefined && port.shownAt(place)?.record !== record) {
      failed.push({ path: place, error: 'something else is there still' });
      continue;
    }
    if (present !== text) {
      applied.versions += 1;
      applied.bytes += text.length;
    }
    map.set(place, text);
    const hash = view.content?.hash ?? '';
    port.placed({ record, place, mark: hash, hash, versions: view.shows });
  }
  return { applied, failed };
}

/** The content, if the record shows it already: it may be nowhere else yet. */
function textHere(port: CollectionPort, map: MapFolder, view: RecordView): string | undefined {
  const shown = port.shown(view.record);
  const isSame = shown !== undefined && shown.hash === view.content?.hash;
  return isSame && port.shownAt(shown.place)?.record === view.record
    ? map.get(shown.place)
    : undefined;
}

function leave(
  port: CollectionPort,
  map: MapFolder,
  record: string,
  wanted: string | undefined,
): void {
  const shown = port.shown(record);
  if (shown === undefined || shown.place === wanted) return;
  if (port.shownAt(shown.place)?.record === record) map.delete(shown.place);
}

/** Undefined where it is not to be had: the record stays as it is here, and its turn comes again. */
async function contentOf(port: CollectionPort, view: RecordView): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of port.content(view)) parts.push(part);
    return utf8Text(Buffer.concat(parts)) ?? '';
  } catch (error) {
    if (!isErrorKind(error, 'damaged')) throw error;
    return undefined;
  }
}

function placeOf(port: CollectionPort, record: string): string {
  const path = String(port.view(record)?.fields.path);
  const claimants = port.claimants(path);
  return claimants[0]?.record === record ? path : `${path} (~${record.slice(0, 6)})`;
}
