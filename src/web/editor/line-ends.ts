/** How the lines of a text end. Pure. */

/** True for texts that look alike in every editor. */
export function differInLineEndsOnly(a: string, b: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n');
  return a !== b && plain(a) === plain(b);
}

/**
 * What an editor has to take for the end of a line so that it gives back every byte it was given:
 * `\r\n` where all lines end so, else `\n`, and a `\r` here and there stays a character of its line.
 */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const ends = text.match(/\r\n|\r|\n/g) ?? [];
  return ends.length > 0 && ends.every((end) => end === '\r\n') ? '\r\n' : '\n';
}
