/** Linking a further device, on the side of the one that is set up. */
import * as z from 'zod';
import { route } from './route.ts';
import { doneSchema, timeSchema } from './values.ts';

const linkIdSchema = z.string().regex(/^[a-z0-9]{1,64}$/);

export const makeLinkRoute = route({
  name: 'makeLink',
  method: 'POST',
  path: '/api/link',
  summary: 'Makes a link that lets one more device in, and the code that opens it.',
  input: z.object({
    /** False where the other device has its own access to the bucket. */
    credentials: z.boolean().default(true),
  }),
  answer: z.object({
    id: z.string(),
    /** What the other device takes in; it gives nothing away without the code. */
    link: z.string(),
    code: z.string(),
    /** When it dies. */
    until: timeSchema,
    hasCredentials: z.boolean(),
    /** What the other device will lack. */
    notices: z.array(z.string()).readonly(),
  }),
});

export const linkStateRoute = route({
  name: 'linkState',
  method: 'GET',
  path: '/api/link/state',
  summary: 'What has become of a link: asks the bucket.',
  input: z.object({ id: linkIdSchema, until: timeSchema }),
  answer: z.object({
    state: z.enum(['waiting', 'used', 'died']),
    /** By the clock of the bucket's server, which decides. */
    secondsLeft: z.number(),
  }),
});

export const cancelLinkRoute = route({
  name: 'cancelLink',
  method: 'POST',
  path: '/api/link/cancel',
  summary: 'Takes a link back: it opens nothing any more.',
  input: z.object({ id: linkIdSchema }),
  answer: doneSchema,
});
