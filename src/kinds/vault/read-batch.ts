/** Files that were read, on their way to one transaction: many at a time, in bounded memory. */
import type { Shown } from '../../sync/kind.ts';
import type { ReadFile } from './edits.ts';

const BATCH_FILES = 4_000;
const BATCH_BYTES = 8 * 1024 * 1024;

/** A file that was read, and what is noted at its place. */
export interface ReadAt extends ReadFile {
  readonly shown: Shown | undefined;
}

export class ReadBatch {
  readonly #save: (reads: readonly ReadAt[]) => void;
  #reads: ReadAt[] = [];
  #bytes = 0;

  constructor(save: (reads: readonly ReadAt[]) => void) {
    this.#save = save;
  }

  add(read: ReadAt): void {
    this.#reads.push(read);
    this.#bytes += read.bytes?.length ?? 0;
    if (this.#reads.length >= BATCH_FILES || this.#bytes >= BATCH_BYTES) this.flush();
  }

  flush(): void {
    const reads = this.#reads;
    this.#reads = [];
    this.#bytes = 0;
    if (reads.length > 0) this.#save(reads);
  }
}
