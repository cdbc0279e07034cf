/** Signing a browser in. */
import * as z from 'zod';
import { route } from './route.ts';

export const openPageRoute = route({
  name: 'openPage',
  method: 'POST',
  path: '/api/page/open',
  summary: 'Makes an address that opens the page signed in: it works once, and for ten minutes.',
  input: z.object({}),
  answer: z.object({ url: z.string() }),
  isLocal: true,
});
