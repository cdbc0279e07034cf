/**
 * What a request of the local API is: its name, its place, what goes in and what comes out. The
 * daemon serves it, the command line and the page call it, and its description is made of it.
 */
import type * as z from 'zod';

export interface Route<
  Input extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
> {
  /** Such as `resolve`: unique, and the name of the operation in the description. */
  readonly name: string;
  /** A GET changes nothing, and takes its input from the query. */
  readonly method: 'GET' | 'POST';
  readonly path: `/api/${string}`;
  /** One sentence for people who read the description. */
  readonly summary: string;
  readonly input: Input;
  readonly answer: Answer;
  /** True where only a process of the same person may ask, over the socket. */
  readonly isLocal?: boolean;
  /** True where the answer comes at once and the connection stays open until the caller ends it. */
  readonly isHeld?: boolean;
  /** The most that a body may have, bytes; 1 MiB by default. */
  readonly bodyMaxBytes?: number;
  /** True where a wrong answer of ours helps to guess a secret: each failure slows the next try. */
  readonly isGuarded?: boolean;
  /** What status 409 answers in place of the error that all routes have in common. */
  readonly conflict?: z.ZodType;
}

/** What a caller passes. */
export type InputOf<R extends Route> = z.input<R['input']>;
/** What a handler gets: checked, with what was left out filled in. */
export type CheckedInputOf<R extends Route> = z.output<R['input']>;
export type AnswerOf<R extends Route> = z.output<R['answer']>;

/** Keeps the types of the schemas. */
export function route<Input extends z.ZodObject, Answer extends z.ZodType>(
  given: Route<Input, Answer>,
): Route<Input, Answer> {
  return given;
}
