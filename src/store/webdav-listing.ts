/** Reading the answer to PROPFIND (RFC 4918, sections 9.1 and 13), as servers really write it. Pure. */
import { XMLParser } from 'fast-xml-parser';

/** The properties that a listing asks for. */
export const LISTING_REQUEST =
  '<?xml version="1.0" encoding="utf-8"?>' +
  '<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/></prop></propfind>';

export interface ListedName {
  /** Decoded where its escapes can be read; without a slash. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Undefined where the server does not tell. */
  readonly sizeBytes: number | undefined;
}

/** Thrown for what is no listing; the message completes "it answered …". */
export class NotAListing extends Error {}

/**
 * What lies directly in the folder that was asked for, each name once.
 * @param folder its path from the root of the server, decoded, without a slash at either end.
 */
export function readListing(body: Uint8Array, folder: string): readonly ListedName[] {
  const path = namesIn(folder);
  const names = new Map<string, ListedName>();
  let isAboutFolder = false;
  let stranger: string | undefined;
  for (const response of responsesOf(new TextDecoder().decode(body))) {
    const { href, isFolder, sizeBytes } = response;
    const found = pathOfHref(href, path);
    const isBelow = path.every((name, index) => isSame(name, found[index]));
    if (isBelow && found.length <= path.length + 1) isAboutFolder = true;
    else stranger ??= href;
    const name = found[path.length];
    // Also left out: the folder itself, and what some servers tell of deeper folders.
    if (!isBelow || name === undefined || found.length > path.length + 1) continue;
    names.set(name, { name, isFolder, sizeBytes });
  }
  if (!isAboutFolder && stranger !== undefined) {
    throw new NotAListing(`a listing of another folder (${stranger.slice(0, 200)})`);
  }
  return [...names.values()];
}

interface Response {
  readonly href: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number | undefined;
}

/** Elements whose number nobody knows are always lists; all text stays text. */
const PARSER = new XMLParser({
  ignoreAttributes: true,
  // Prefixes differ from server to server. Nothing else than DAV: was asked for.
  removeNSPrefix: true,
  parseTagValue: false,
  htmlEntities: true,
  isArray: (name) => name === 'response' || name === 'propstat' || name === 'href',
});

function responsesOf(text: string): readonly Response[] {
  // A document type can define entities that expand without end, and no server needs one.
  if (/<!doctype/i.test(text)) throw new NotAListing('a web page, or XML with a document type');
  // The parser forgives a document that was cut off, which would hide objects.
  if (!/<\/(?:[\w.-]+:)?multistatus\s*>|<(?:[\w.-]+:)?multistatus\b[^>]*\/>/.test(text)) {
    throw new NotAListing('something other than a whole listing');
  }
  const responses = listAt(childOf(parsed(text), 'multistatus'), 'response');
  return responses.filter((response) => isGood(childOf(response, 'status'))).flatMap(readResponse);
}

function parsed(text: string): unknown {
  try {
    return PARSER.parse(text);
  } catch (cause) {
    throw new NotAListing('XML that cannot be read', { cause });
  }
}

function readResponse(response: unknown): readonly Response[] {
  const properties = listAt(response, 'propstat')
    .filter((propstat) => isGood(childOf(propstat, 'status')))
    .map((propstat) => childOf(propstat, 'prop'));
  const type = properties.map((prop) => childOf(prop, 'resourcetype')).find(isElement);
  const length = properties.map((prop) => childOf(prop, 'getcontentlength')).find(isText);
  const sizeBytes = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  return listAt(response, 'href')
    .filter(isText)
    .map((href) => {
      const isFolder =
        type === undefined ? href.endsWith('/') : childOf(type, 'collection') !== undefined;
      return { href, isFolder, sizeBytes };
    });
}

/** A status line of the 200s; one that is left out stands for success. */
function isGood(status: unknown): boolean {
  return !isText(status) || /^\S+\s+2\d\d\b/.test(status);
}

/**
 * The names along a path that a server wrote: a whole URL, perhaps with the name of a host behind a
 * proxy, a path from the root, or one from the folder. What looks like a query is taken for a badly
 * escaped name: a listing has no queries.
 */
function pathOfHref(href: string, folder: readonly string[]): readonly string[] {
  const path = href.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  const names = path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map(unescaped);
  return path === '' || path.startsWith('/') ? names : [...folder, ...names];
}

function namesIn(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Servers on some file systems decompose accents. */
function isSame(name: string, other: string | undefined): boolean {
  return name.normalize('NFC') === other?.normalize('NFC');
}

function childOf(element: unknown, name: string): unknown {
  if (typeof element !== 'object' || element === null || !Object.hasOwn(element, name)) {
    return undefined;
  }
  return (element as Readonly<Record<string, unknown>>)[name];
}

function listAt(element: unknown, name: string): readonly unknown[] {
  const children = childOf(element, name);
  return Array.isArray(children) ? children : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An empty element is parsed as empty text. */
function isElement(value: unknown): boolean {
  return value !== undefined;
}
