/**
 * A web page of somebody else, which asks a server on this computer for all it can: in a real browser,
 * with whatever that keeps for the server. And a server that has no guard, to see that all of it
 * would work.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** What the page is after: it stands in a note. */
export const SECRET = 'the words of a note';

export interface Wishes {
  /** Where the server is, and all that comes before its paths. */
  readonly target: string;
  /** Paths with queries whose answers the page would like to read. */
  readonly reads: readonly string[];
  /** The path of a picture. */
  readonly picture: string;
  /** Bodies in JSON that would change something, by path. */
  readonly writes: Readonly<Record<string, object>>;
}

/**
 * Runs in the page. Each attempt resolves to what it could read, or to nothing; none waits for ever.
 * It is a text, since the browser runs it.
 */
const ATTACK = `async ({ target, reads, picture, writes }) => {
  const soon = (attempt) =>
    Promise.race([attempt, new Promise((resolve) => setTimeout(resolve, 5000))]).catch(() => '');
  const made = (name, attributes) => {
    const element = document.createElement(name);
    Object.assign(element, attributes);
    const isDone = new Promise((resolve) => {
      element.onload = () => resolve(element);
      element.onerror = () => resolve(undefined);
    });
    document.body.append(element);
    return isDone;
  };
  const asked = async (path, options) =>
    await (await fetch(target + path, { credentials: 'include', ...options })).text();
  const byXhr = (path) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('GET', target + path);
      request.withCredentials = true;
      request.onloadend = () => resolve(request.responseText);
      request.send();
    });
  const byStream = (path) =>
    new Promise((resolve) => {
      const stream = new EventSource(target + path, { withCredentials: true });
      stream.onmessage = ({ data }) => { stream.close(); resolve(data); };
      stream.onerror = () => { stream.close(); resolve(''); };
    });
  const bySocket = (path) =>
    new Promise((resolve) => {
      const socket = new WebSocket(target.replace('http', 'ws') + path);
      socket.onmessage = ({ data }) => resolve(data);
      socket.onopen = () => resolve('socket open');
      socket.onerror = () => resolve('');
    });
  const framed = async (path) => {
    const frame = await made('iframe', { src: target + path });
    return frame?.contentDocument?.documentElement.innerText ?? '';
  };
  const pictured = async () => {
    const image = await made('img', { src: target + picture });
    return image === undefined ? '' : 'a picture of ' + image.naturalWidth;
  };
  const popup = async (path) => {
    const other = window.open(target + path);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const text = other.document.documentElement.innerText;
    other.close();
    return text;
  };
  const form = async (path, enctype, fields, index) => {
    const name = 'answer-' + enctype + index;
    const answer = made('iframe', { name });
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: target + path, enctype, target: name });
    for (const [key, value] of fields) {
      const field = document.createElement('input');
      Object.assign(field, { name: key, value });
      form.append(field);
    }
    document.body.append(form);
    await answer;
    const answered = new Promise((resolve) => {
      document.getElementsByName(name)[0].addEventListener('load', resolve);
    });
    form.submit();
    await answered;
    return document.getElementsByName(name)[0].contentDocument?.documentElement.innerText ?? '';
  };
  // With enctype text/plain a form sends "name=value": a body that is JSON, but for its type.
  const asText = (body) => [[JSON.stringify(body).slice(0, -1) + ',"x":"', '"}']];
  const attempts = [pictured];
  for (const path of reads) {
    attempts.push(
      () => asked(path), () => asked(path, { mode: 'no-cors' }), () => byXhr(path),
      () => byStream(path), () => bySocket(path), () => framed(path), () => popup(path),
    );
  }
  for (const [index, [path, body]] of Object.entries(writes).entries()) {
    const text = JSON.stringify(body);
    const json = { 'content-type': 'application/json' };
    attempts.push(
      () => asked(path, { method: 'POST', body: text, headers: json }),
      () => asked(path, { method: 'POST', body: text, mode: 'no-cors' }),
      () => navigator.sendBeacon(target + path, text),
      () => navigator.sendBeacon(target + path, new Blob([text], { type: json['content-type'] })),
      () => form(path, 'text/plain', asText(body), index),
      () => form(path, 'application/x-www-form-urlencoded', Object.entries(body), index),
    );
  }
  const found = [];
  for (const attempt of attempts) found.push(String((await soon(attempt())) ?? ''));
  return found;
}`;

/** Lets a page that is open try everything, one after the other. @returns what each could read. */
export async function attackFrom(page: Page, wishes: Wishes): Promise<readonly string[]> {
  return await page.evaluate(`(${ATTACK})(${JSON.stringify(wishes)})`);
}

export interface Careless {
  readonly origin: string;
  /** Method, path and body of what it was asked. */
  readonly asked: readonly string[];
  close(): void;
}

/** Answers everybody, and lets every page read it. */
export async function startCareless(): Promise<Careless> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void answerAll(request, response, asked);
  });
  const { port } = await listening(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () => void server.close().closeAllConnections(),
  };
}

async function answerAll(
  request: IncomingMessage,
  response: ServerResponse,
  asked: string[],
): Promise<void> {
  let body = '';
  for await (const piece of request) body += piece;
  const path = new URL(request.url ?? '/', 'http://any').pathname;
  asked.push(`${request.method} ${path} ${body}`);
  const { origin = '*' } = request.headers;
  const isPicture = path === '/api/content';
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('content-type', isPicture ? 'image/bmp' : 'text/html');
  if (path === '/api/events') response.setHeader('content-type', 'text/event-stream');
  response.end(isPicture ? pixel() : `data: ${SECRET}\n\n`);
}

/** A picture of one pixel. */
export function pixel(): Buffer {
  const header = Buffer.from('424d3a0000000000000036000000280000000100000001000000010018', 'hex');
  return Buffer.concat([header, Buffer.alloc(29)]);
}

/** Serves one empty page, under any name. @returns its port. */
export async function startEmptyPage(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Elsewhere</title><body></body>');
  });
  const { port } = await listening(server);
  return { port, close: () => void server.close().closeAllConnections() };
}

async function listening(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address() as AddressInfo;
}
