/** What a restore would do, and what it did, in words. Pure. */
import type { Answer } from '../../api/client.ts';
import { countWords } from '../../words.ts';

export type Restored = Answer<'restore'>;
export type Change = Restored['restored'][number];

/** What becomes of one file. */
export function changeWords({ change, from }: Change): string {
  switch (change) {
    case 'back':
      return 'comes back';
    case 'content':
      return from === null ? 'gets its former content' : `gets its former content, from ${from}`;
    case 'moved':
      return from === null ? 'moves back' : `moves back from ${from}`;
    case 'gone':
      return 'goes: it was not there then';
  }
}

/** `2 files come back, 1 moves back`: what would change in all. */
export function planWords(changes: readonly Change[]): string {
  const count = (kind: Change['change']): number =>
    changes.filter(({ change }) => change === kind).length;
  const part = (kind: Change['change'], one: string, many: string): string | false => {
    const files = count(kind);
    return files > 0 && `${countWords(files, 'file')} ${files === 1 ? one : many}`;
  };
  const parts = [
    part('back', 'comes back', 'come back'),
    part('content', 'gets its former content', 'get their former content'),
    part('moved', 'moves back', 'move back'),
    part('gone', 'goes', 'go'),
  ].filter((words) => words !== false);
  return parts.length === 0 ? 'Nothing would change: it is all as it was then' : parts.join(', ');
}

/** What came of it. */
export function doneWords({ restored, failed }: Restored): string {
  const [first] = restored;
  const what =
    first === undefined
      ? 'It was so already: nothing has changed'
      : restored.length === 1
        ? `${first.path} is restored`
        : `${countWords(restored.length, 'file')} restored`;
  return withFailures(what, failed.length);
}

/** What came of taking it back. */
export function undoneWords({ undone, failed }: Answer<'undoRestore'>): string {
  return withFailures(`Taken back: ${countWords(undone, 'file')}`, failed.length);
}

function withFailures(what: string, failed: number): string {
  return failed === 0 ? what : `${what}; ${countWords(failed, 'file')} could not be`;
}
