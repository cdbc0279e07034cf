/** Whether the daemon starts when the person signs in. */
import * as z from 'zod';
import { route } from './route.ts';

const serviceSchema = z.object({
  /** What people call the service manager; null where this daemon is not one for it. */
  manager: z.string().nullable(),
  isInstalled: z.boolean(),
  /** What the manager says, in its words. */
  says: z.string().nullable(),
});

export const serviceRoute = route({
  name: 'service',
  method: 'GET',
  path: '/api/service',
  summary: 'Whether Satchel starts when the person signs in.',
  input: z.object({}),
  answer: serviceSchema,
});

export const setServiceRoute = route({
  name: 'setService',
  method: 'POST',
  path: '/api/service',
  summary: 'Lets Satchel start at sign-in, or not. What runs now goes on either way.',
  input: z.object({ isInstalled: z.boolean() }),
  answer: serviceSchema,
});
