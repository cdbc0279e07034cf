/**
 * The bytes of versions over HTTP: for pictures on the page, and for saving a copy. What a file
 * holds must never act as a part of the page, wherever it came from: a browser shows pictures only,
 * runs nothing in them, and saves the rest.
 */
import { extname } from 'node:path';
import { contentRoute } from '../api/time.ts';
import { type FileContent, openContent } from '../app/file-history.ts';
import { messageOf } from '../base/errors.ts';
import { readInput } from './input.ts';
import type { App } from './mount.ts';
import type { Daemon } from './ports.ts';

/** Pictures that cannot hold scripts: a browser may show them by themselves. */
const PICTURES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};
/** It can hold scripts, which do not run where it is a picture in a page. */
const SVG = { extension: '.svg', type: 'image/svg+xml' } as const;

/** No scripts, no requests, and an origin of its own, should it be opened as a page. */
const POLICY = "sandbox; default-src 'none'";

export interface ContentOptions {
  readonly daemon: Daemon;
  /** The home that requests mean which name none; undefined for the first. */
  readonly defaultHome: () => string | undefined;
  /** Told of content that ends too early. */
  readonly log: (message: string) => void;
}

export function mountContent(app: App, { daemon, defaultHome, log }: ContentOptions): void {
  app.get(contentRoute.path, async (c) => {
    const { collection, path, version, home } = await readInput(c, contentRoute);
    const session = daemon.host(home ?? defaultHome()).session();
    const content = openContent(session, { collection, path, version });
    // Most of what goes wrong does so before the first piece, while it can still be told in words.
    const first = await content.pieces.next();
    const cut = (error: unknown): void => {
      log(`${content.name} was not read to its end: ${messageOf(error)}`);
      // Short of the announced length, nobody takes it for the whole.
      c.env.outgoing.destroy();
    };
    return new Response(bodyOf(content, first.done === true ? undefined : first.value, cut), {
      headers: contentHeaders(content),
    });
  });
}

/** What a browser may do with a file, by its name alone: its content decides nothing. */
export function contentHeaders({
  name,
  sizeBytes,
}: Pick<FileContent, 'name' | 'sizeBytes'>): Readonly<Record<string, string>> {
  const extension = extname(name).toLowerCase();
  const picture = PICTURES[extension];
  const other = extension === SVG.extension ? SVG.type : 'application/octet-stream';
  return {
    'content-type': picture ?? other,
    'content-length': String(sizeBytes),
    'content-disposition': `${picture === undefined ? 'attachment' : 'inline'}; ${named(name)}`,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/** Any name as a header may have it (RFC 6266 with RFC 8187). */
function named(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename*=UTF-8''${encoded}`;
}

/** The pieces as they are asked for, as far as they come. */
function bodyOf(
  { pieces }: FileContent,
  first: Uint8Array | undefined,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let next = first;
  let isLeft = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const given = next;
      next = undefined;
      if (given !== undefined) return controller.enqueue(given);
      let piece: Uint8Array | undefined;
      try {
        piece = (await pieces.next()).value ?? undefined;
      } catch (error) {
        if (!isLeft) onError(error);
      }
      if (isLeft) return;
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    async cancel() {
      isLeft = true;
      await pieces.return();
    },
  });
}
