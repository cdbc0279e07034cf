/** What each operation answers to each kind of thing, as Linux does: ok, or the code of its error. */
import { join } from 'node:path';
import { utf8 } from '../../src/base/bytes.ts';
import { systemCode } from '../../src/base/errors.ts';
import type { Disk } from '../../src/kinds/files/disk.ts';
import type { DiskBench } from './disk-bench.ts';

/**
 * `full` is a folder with a folder in it; `toFile`, `toFull` and `toGone` are symbolic links, `loop`
 * is one to itself.
 */
const BY_THING = `
                file    full      gone   toFile  toFull  toGone  loop   file/x  gone/x toFull/x loop/x
list            ENOTDIR ok        ENOENT ENOTDIR ok      ENOENT  ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
stat            ok      ok        ok     ok      ok      ok      ok     ok      ok     ok       ELOOP
readFile        ok      EINVAL    ENOENT ELOOP   ELOOP   ELOOP   ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
readPieces      ok      EINVAL    ENOENT ELOOP   ELOOP   ELOOP   ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
writeNew        EEXIST  EEXIST    ok     EEXIST  EEXIST  EEXIST  EEXIST ENOTDIR ENOENT ok       ELOOP
makeFolder      EEXIST  ok        ok     EEXIST  ok      ENOENT  ELOOP  ENOTDIR ok     ok       ELOOP
readLink        EINVAL  EINVAL    ENOENT ok      ok      ok      ok     ENOTDIR ENOENT ENOENT   ELOOP
makeLink        EEXIST  EEXIST    ok     EEXIST  EEXIST  EEXIST  EEXIST ENOTDIR ENOENT ok       ELOOP
flushFolder     ok      ok        ENOENT ok      ok      ENOENT  ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
remove          ok      EISDIR    ENOENT ok      ok      ok      ok     ENOTDIR ENOENT ENOENT   ELOOP
removeFolder    ENOTDIR ENOTEMPTY ENOENT ENOTDIR ENOTDIR ENOTDIR ENOTDIR ENOTDIR ENOENT ENOENT  ELOOP
setMtime        ok      ok        ENOENT ok      ok      ok      ok     ENOTDIR ENOENT ENOENT   ELOOP
setExecutable   ok      EINVAL    ENOENT ELOOP   ELOOP   ELOOP   ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
watchFolder     ok      ok        ENOENT ok      ok      ENOENT  ELOOP  ENOTDIR ENOENT ENOENT   ELOOP
`;

/** `full/sub` is an empty folder, `hard` another name of `file`. */
const BY_PAIR = `
rename file       gone      ok
rename file       gone/x    ENOENT
rename gone       file      ENOENT
rename gone       file/x    ENOTDIR
rename file       file/x    ENOTDIR
rename file/x     gone      ENOTDIR
rename file       hard      ok
rename file       other     ok
rename file       full      EISDIR
rename file       full/sub  EISDIR
rename file       toFile    ok
rename file       toFull    ok
rename file       toFull/x  ok
rename toFile     other     ok
rename toFull     full      EISDIR
rename empty      file      ENOTDIR
rename empty      toFile    ENOTDIR
rename empty      toGone    ENOTDIR
rename empty      full      ENOTEMPTY
rename empty      full/sub  ok
rename empty      empty/x   EINVAL
rename full       empty     ok
rename full       full/sub  EINVAL
rename full       full/x    EINVAL
rename full       full/x/y  ENOENT
rename full/sub   full      ENOTEMPTY
rename full/in    full      ENOTEMPTY
replace file      other     ok
replace file      gone      ok
replace gone      file      ENOENT
replace file      full      EISDIR
replace file      toFile    ok
link   file       gone      ok
link   file       hard      EEXIST
link   file       gone/x    ENOENT
link   file       other/x   ENOTDIR
link   file/x     gone      ENOTDIR
link   gone       other     ENOENT
link   gone       gone/x    ENOENT
link   toFile     gone      ok
link   toGone     gone      ok
link   empty      gone      EPERM
link   empty      file      EEXIST
`;

type Answers = Readonly<Record<string, string>>;

export function expectedAnswers(): Answers {
  return Object.fromEntries(questions().map(({ text, answer }) => [text, answer]));
}

/** Asks everything of the disk, each time of a folder of its own. */
export async function answersOf({ disk, root, person }: DiskBench): Promise<Answers> {
  const answers: Record<string, string> = {};
  for (const [index, { text, operation, paths }] of questions().entries()) {
    const folder = join(root, `${index}`);
    layOut(person, folder);
    const [path = '', to = ''] = paths.map((place) => join(folder, place));
    answers[text] = await answerOf(() => ask(disk, operation, path, to));
  }
  return answers;
}

interface Question {
  readonly text: string;
  readonly operation: string;
  readonly paths: readonly string[];
  readonly answer: string;
}

function questions(): readonly Question[] {
  const [things = [], ...rows] = wordsOf(BY_THING);
  const single = rows.flatMap(([operation = '', ...answers]) =>
    things.map((thing, index) => question(operation, [thing], answers[index] ?? '')),
  );
  const pairs = wordsOf(BY_PAIR).map(([operation = '', from = '', to = '', answer = '']) =>
    question(operation, [from, to], answer),
  );
  return [...single, ...pairs];
}

function question(operation: string, paths: readonly string[], answer: string): Question {
  return { text: [operation, ...paths].join(' '), operation, paths, answer };
}

function wordsOf(table: string): readonly (readonly string[])[] {
  const lines = table.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.trim().split(/ +/));
}

function layOut(person: DiskBench['person'], folder: string): void {
  const at = (place: string) => join(folder, place);
  person.makeFolder(at('empty'));
  person.makeFolder(at('full/sub'));
  person.write(at('full/in'), 'x');
  person.write(at('file'), 'text');
  person.write(at('other'), 'x');
  person.hardLink(at('file'), at('hard'));
  person.symlink('file', at('toFile'));
  person.symlink('full', at('toFull'));
  person.symlink('gone', at('toGone'));
  person.symlink('loop', at('loop'));
}

async function answerOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'ok';
  } catch (error) {
    return systemCode(error) ?? String(error);
  }
}

/** Does one operation of a disk by its name; `to` is for those that take two paths. */
export async function ask(disk: Disk, operation: string, path: string, to: string): Promise<void> {
  const asks: Readonly<Record<string, () => unknown>> = {
    list: () => disk.list(path),
    stat: () => disk.stat(path),
    readFile: () => disk.readFile(path),
    readPieces: () => readAll(disk.readPieces(path)),
    writeNew: () => disk.writeNew(path, text()),
    makeFolder: () => disk.makeFolder(path),
    rename: () => disk.rename(path, to),
    replace: () => disk.replace(path, to, () => true),
    link: () => disk.link(path, to),
    readLink: () => disk.readLink(path),
    makeLink: () => disk.makeLink('file', path),
    flushFolder: () => disk.flushFolder(path),
    remove: () => disk.remove(path),
    removeFolder: () => disk.removeFolder(path),
    setMtime: () => disk.setMtime(path, 5_000),
    setExecutable: () => disk.setExecutable(path, true, 'later'),
    watchFolder: () => {
      const stop = new AbortController();
      disk.watchFolder(path, () => {}, stop.signal);
      stop.abort();
    },
  };
  const act = asks[operation];
  if (act === undefined) throw new Error(`no disk has ${operation}`);
  await act();
}

async function* text(): AsyncGenerator<Uint8Array> {
  yield utf8('text');
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}
