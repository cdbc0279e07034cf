/** Whether the bucket answers, what it says, and since when it does not. */
import { errorWords, isBucketFull } from '../app/trouble.ts';
import { isErrorKind, messageOf, SatchelError } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import type { Concerns } from './notify.ts';
import type { Failure } from './state.ts';

export class Contact {
  readonly #clock: Clock;
  #lastMs: number;
  #failingSinceMs: number | undefined;
  #error: unknown;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.now();
  }

  /** What the last round, or the way to one, ended with; undefined where it went well. */
  get failure(): Failure | undefined {
    if (this.#error === undefined) return undefined;
    const words = errorWords(this.#error);
    const isRefused = isErrorKind(this.#error, 'refused');
    return { words, isOutOfReach: isErrorKind(this.#error, 'unreachable'), isRefused };
  }

  /** The same as an error for whoever asks for something that needs a round. */
  get error(): SatchelError | undefined {
    if (this.#error === undefined || this.#error instanceof SatchelError) return this.#error;
    return new SatchelError('internal', messageOf(this.#error));
  }

  /** @returns true where it is another failure than the one before. */
  failed(error: unknown): boolean {
    const before = this.failure?.words;
    this.#error = error;
    this.#failingSinceMs ??= this.#clock.monotonicMs();
    return this.failure?.words !== before;
  }

  succeeded(): void {
    this.#error = undefined;
    this.#failingSinceMs = undefined;
    this.#lastMs = this.#clock.now();
  }

  /** @param lastPullMs when the bucket was last read, as the replica knows it from runs before. */
  concerns(lastPullMs: number | undefined): Omit<Concerns, 'status'> {
    const lastMs = lastPullMs ?? this.#lastMs;
    const since = this.#failingSinceMs;
    return {
      answer: answerOf(this.#error),
      silentMs: since === undefined ? 0 : this.#clock.now() - lastMs,
      triedMs: since === undefined ? 0 : this.#clock.monotonicMs() - since,
    };
  }
}

function answerOf(error: unknown): Concerns['answer'] {
  if (isErrorKind(error, 'refused')) return { kind: 'refused', words: errorWords(error) };
  return isBucketFull(error) ? { kind: 'full', words: errorWords(error) } : undefined;
}
