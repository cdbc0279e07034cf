/** A stream for output that keeps what was written. */
import type { OutputStream } from '../../src/cli/terminal.ts';

export interface CapturedStream extends OutputStream {
  text(): string;
}

/** `columns` makes it a terminal of that width. */
export function captureStream(columns?: number): CapturedStream {
  let text = '';
  return {
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    write(part) {
      text += part;
    },
    text: () => text,
  };
}
