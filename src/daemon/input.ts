/** What a request passes to its route: read within bounds, and checked by the route's schema. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { CheckedInputOf, Route } from '../api/route.ts';
import { Refusal } from './refusal.ts';

const BODY_MAX_BYTES = 1024 * 1024;

/** Which home a request means, where the daemon serves several: the id of its repository. */
const homeSchema = z.object({ home: z.string().min(1).max(200).optional() });

export type Input<R extends Route> = CheckedInputOf<R> & z.infer<typeof homeSchema>;

/**
 * The input of a route, from the query or the body.
 * @throws Refusal where it is too long, no JSON, or not what the route takes.
 */
export async function readInput<R extends Route>(c: Context, route: R): Promise<Input<R>> {
  const given = route.method === 'GET' ? c.req.query() : await readBody(c, route);
  // A field that is spelled wrongly would otherwise be left out in silence.
  const schema = route.input.extend(homeSchema.shape).strict();
  const checked = schema.safeParse(given);
  // What the schema of a route gives, the compiler cannot follow from any route to this one.
  if (checked.success) return checked.data as Input<R>;
  const problems = checked.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Refusal(400, 'usage', `${route.path} does not take this: ${problems.join('; ')}.`, {
    hint: 'GET /api/openapi.json describes what it takes.',
  });
}

async function readBody(c: Context, { bodyMaxBytes = BODY_MAX_BYTES }: Route): Promise<unknown> {
  const bytes = await readBytes(c, bodyMaxBytes);
  if (bytes.length === 0) return {};
  // A form of another site can send text, but no JSON without being asked about first.
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(415, 'usage', `A body of type ${type ?? 'unknown'} is not read here.`, {
      hint: 'Send JSON, with "Content-Type: application/json".',
    });
  }
  try {
    // Bytes that are no UTF-8 would become other characters, and be saved as such.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'usage', 'The body is no JSON in UTF-8.', {
      hint: 'Send a JSON object.',
    });
  }
}

/** Stops reading where there is more than allowed, whatever the header said. */
async function readBytes(c: Context, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(c.req.header('content-length') ?? 0);
  if (announced > maxBytes) throw tooLong(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLong(maxBytes: number): Refusal {
  const most = `${Math.floor(maxBytes / (1024 * 1024))} MiB`;
  return new Refusal(413, 'usage', `The body is longer than ${most}, the most that is read here.`, {
    hint: 'Put large files into the folder of the collection: Satchel finds them there.',
  });
}
