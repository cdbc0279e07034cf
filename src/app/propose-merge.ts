/**
 * A text to start from when a person merges two: the changes of both sides to what they came from,
 * with marks where both changed the same lines. Pure.
 */
import { type LineChange, lineChanges } from './line-changes.ts';

export interface MergedTexts {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
}

/** What the marks call the sides, in one line each. */
export interface SideNames {
  readonly local: string;
  readonly remote: string;
}

export interface MergeProposal {
  readonly text: string;
  /** How many places are marked. */
  readonly clashes: number;
}

/** A line and how it ends: with `\n`, with `\r\n`, or, as the last one may, with nothing. */
interface Line {
  readonly text: string;
  readonly end: string;
}

/**
 * A stretch of the three texts. `same`: nobody changed it; `local`, `remote`: one side did; `both`:
 * both did the same; `clash`: each did something else. Put together, the stretches of each text
 * are that text.
 */
export interface MergeChunk {
  readonly kind: 'same' | 'local' | 'remote' | 'both' | 'clash';
  readonly base: readonly Line[];
  readonly local: readonly Line[];
  readonly remote: readonly Line[];
}

/**
 * Merges two texts by lines. How a line ends is merged apart from what it says, so that a side
 * whose editor wrote all line ends anew does not clash with every change of the other.
 */
export function proposeMerge(texts: MergedTexts, names: SideNames): MergeProposal {
  const chunks = mergeChunks(texts);
  const lines: Line[] = [];
  const end = usualEnd(texts);
  for (const chunk of chunks) {
    if (chunk.kind !== 'clash') lines.push(...plainLines(chunk));
    else lines.push(...markedLines(chunk, names, end));
  }
  return {
    text: joinLines(lines, end),
    clashes: chunks.filter(({ kind }) => kind === 'clash').length,
  };
}

/** The three texts cut where the changes of either side begin and end. */
export function mergeChunks(texts: MergedTexts): MergeChunk[] {
  const numbers = new Map<string, number>();
  const base = numbered(texts.base, numbers);
  const local = numbered(texts.local, numbers);
  const remote = numbered(texts.remote, numbers);
  const localChanges = lineChanges(base.numbers, local.numbers);
  const remoteChanges = lineChanges(base.numbers, remote.numbers);
  const chunks: MergeChunk[] = [];
  const at = { base: 0, local: 0, remote: 0 };
  const take = (baseTo: number, localTo: number, remoteTo: number): void => {
    const chunk = {
      base: base.lines.slice(at.base, baseTo),
      local: local.lines.slice(at.local, localTo),
      remote: remote.lines.slice(at.remote, remoteTo),
    };
    Object.assign(at, { base: baseTo, local: localTo, remote: remoteTo });
    if (chunk.base.length + chunk.local.length + chunk.remote.length > 0) {
      chunks.push(...classified(chunk));
    }
  };
  for (const { from, to, localBy, remoteBy } of regions(localChanges, remoteChanges)) {
    const unchanged = from - at.base;
    take(from, at.local + unchanged, at.remote + unchanged);
    take(to, at.local + to - from + localBy, at.remote + to - from + remoteBy);
  }
  const rest = base.lines.length - at.base;
  take(base.lines.length, at.local + rest, at.remote + rest);
  return chunks;
}

interface Numbered {
  readonly lines: readonly Line[];
  readonly numbers: readonly number[];
}

function numbered(text: string, numbers: Map<string, number>): Numbered {
  const lines = splitLines(text);
  return { lines, numbers: lines.map((line) => numberOf(numbers, line.text)) };
}

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf('\n', from);
    const next = at < 0 ? text.length : at + 1;
    const end = at < 0 ? '' : at > from && text[at - 1] === '\r' ? '\r\n' : '\n';
    lines.push({ text: text.slice(from, next - end.length), end });
    from = next;
  }
  return lines;
}

function numberOf(numbers: Map<string, number>, line: string): number {
  const known = numbers.get(line);
  if (known !== undefined) return known;
  numbers.set(line, numbers.size);
  return numbers.size - 1;
}

/** A stretch of the base that one side or both changed, and by how many lines each grew there. */
interface Region {
  readonly from: number;
  readonly to: number;
  readonly localBy: number;
  readonly remoteBy: number;
}

/** Changes of both sides in order, those that meet put together. */
function regions(local: readonly LineChange[], remote: readonly LineChange[]): Region[] {
  const all = [
    ...local.map((change) => ({ ...spanOf(change), localBy: growthOf(change), remoteBy: 0 })),
    ...remote.map((change) => ({ ...spanOf(change), localBy: 0, remoteBy: growthOf(change) })),
  ].sort((a, b) => a.from - b.from || a.to - b.to);
  const found: Region[] = [];
  for (const region of all) {
    const last = found.at(-1);
    if (last === undefined || !meets(last, region)) found.push(region);
    else {
      found.splice(-1, 1, {
        from: last.from,
        to: Math.max(last.to, region.to),
        localBy: last.localBy + region.localBy,
        remoteBy: last.remoteBy + region.remoteBy,
      });
    }
  }
  return found;
}

function spanOf({ from, to }: LineChange): { readonly from: number; readonly to: number } {
  return { from, to };
}

function growthOf({ from, to, sideFrom, sideTo }: LineChange): number {
  return sideTo - sideFrom - (to - from);
}

/**
 * True where two changes are about the same lines. Lines next to each other are not the same: in a
 * list of tasks, each side may have ticked another. What comes in at the edge of what the other side
 * changed may belong to it, so a person has to look.
 */
function meets(first: Region, second: Region): boolean {
  const isInsertion = first.from === first.to || second.from === second.to;
  return isInsertion ? second.from <= first.to : second.from < first.to;
}

type Stretch = Omit<MergeChunk, 'kind'>;

/** What kind of stretch it is. Of a clash, lines that both sides begin or end with are taken off. */
function classified(stretch: Stretch): MergeChunk[] {
  const { base, local, remote } = stretch;
  const [isLocalBase, isRemoteBase] = [sameTexts(local, base), sameTexts(remote, base)];
  if (isLocalBase && isRemoteBase) return [{ kind: 'same', ...stretch }];
  if (isRemoteBase) return [{ kind: 'local', ...stretch }];
  if (isLocalBase) return [{ kind: 'remote', ...stretch }];
  if (sameTexts(local, remote)) return [{ kind: 'both', ...stretch }];
  const shorter = Math.min(local.length, remote.length);
  let start = 0;
  while (start < shorter && local[start]?.text === remote[start]?.text) start += 1;
  let end = 0;
  while (end < shorter - start && local.at(-1 - end)?.text === remote.at(-1 - end)?.text) end += 1;
  const part = (cut: (lines: readonly Line[]) => readonly Line[]): Stretch => ({
    base: [],
    local: cut(local),
    remote: cut(remote),
  });
  const head = part((lines) => lines.slice(0, start));
  const middle = { ...part((lines) => lines.slice(start, lines.length - end)), base };
  const tail = part((lines) => lines.slice(lines.length - end));
  return [
    ...(start > 0 ? [{ kind: 'both', ...head } as const] : []),
    { kind: 'clash', ...middle },
    ...(end > 0 ? [{ kind: 'both', ...tail } as const] : []),
  ];
}

function sameTexts(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, index) => line.text === b[index]?.text);
}

/** The lines of a stretch without a clash, each with the end that a side gave it. */
function plainLines({ kind, base, local, remote }: MergeChunk): Line[] {
  const lines = kind === 'remote' ? remote : local;
  return lines.map((line, index) => {
    if (kind === 'local' || kind === 'remote') return line;
    const [mine, theirs] = [line.end, remote[index]?.end ?? line.end];
    return { text: line.text, end: mine === base[index]?.end ? theirs : mine };
  });
}

function markedLines(
  { local, remote }: MergeChunk,
  names: SideNames,
  end: string,
): readonly Line[] {
  const mark = (text: string): Line => ({ text, end });
  // The text ends as the sides do, where both end alike here.
  const isOpen = local.at(-1)?.end === '' && remote.at(-1)?.end === '';
  return [
    mark(`<<<<<<< ${names.local}`),
    ...local,
    mark('======='),
    ...remote,
    { text: `>>>>>>> ${names.remote}`, end: isOpen ? '' : end },
  ];
}

/** Only the last line may be without an end: others get the one that is usual in the text. */
function joinLines(lines: readonly Line[], usual: string): string {
  const last = lines.length - 1;
  return lines
    .map(({ text, end }, index) => (end === '' && index < last ? text + usual : text + end))
    .join('');
}

/** As the first line ends, here or else there. */
function usualEnd({ local, remote, base }: MergedTexts): string {
  const text = [local, remote, base].find((one) => one.includes('\n')) ?? '';
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}
