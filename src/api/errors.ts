/** How the daemon tells what went wrong: the same for all routes. */
import * as z from 'zod';
import { ERROR_KINDS, type ErrorKind } from '../base/errors.ts';

export const errorSchema = z.object({
  error: z.object({
    /** What a person can do next; see the table of errors. */
    kind: z.enum(Object.keys(ERROR_KINDS) as ErrorKind[]),
    /** What went wrong, and where. */
    message: z.string(),
    /** What to do next, in one sentence. */
    hint: z.string().nullable(),
  }),
});
export type ErrorBody = z.infer<typeof errorSchema>;
