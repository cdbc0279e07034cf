/** A call to the daemon of a home, over its socket: for commands beside a running daemon. */
import { type IncomingMessage, request } from 'node:http';
import { errorSchema } from '../api/errors.ts';
import type { News } from '../api/events.ts';
import type { AnswerOf, InputOf, Route } from '../api/route.ts';
import { parseJson } from '../app/home.ts';
import { VERSION } from '../app/version.ts';
import { messageOf, SatchelError } from '../base/errors.ts';
import { announcedVersion } from './announce.ts';
import { isAnswered, readAddress, VERSION_HEADER } from './socket-place.ts';

export interface DaemonClient {
  /** Another one than ours after an update, until it is started again; undefined for not known. */
  readonly version: string | undefined;
  /**
   * Asks, and waits for the answer as long as it takes.
   * @throws SatchelError as the daemon answers it; `internal` where it went away meanwhile.
   */
  call<R extends Route>(route: R, input: InputOf<R>, signal?: AbortSignal): Promise<AnswerOf<R>>;
  /** Asks a route that leaves something to the caller, such as the home, until that gives it back. */
  hold<R extends Route>(route: R, input: InputOf<R>): Promise<Held<AnswerOf<R>>>;
  /** Tells news until the signal aborts or the daemon ends. */
  news(listener: (news: News) => void, signal: AbortSignal): Promise<void>;
}

export interface Held<Answer> {
  readonly answer: Answer;
  /** Gives it back. So does the end of this process, however it ends. */
  release(): void;
}

/** The daemon that serves a home, or undefined where none is running. */
export async function connectDaemon(home: string): Promise<DaemonClient | undefined> {
  const address = readAddress(home);
  if (address === undefined || !(await isAnswered(address))) return undefined;
  return {
    version: announcedVersion(home),
    async call(route, input, signal) {
      const response = await ask(address, route, input, signal);
      return JSON.parse(await textOf(route.path, response));
    },
    async hold(route, input) {
      const response = await ask(address, route, input);
      const line = await firstLine(route.path, response);
      // That it ends when it is released is no error.
      response.on('error', () => {});
      return { answer: JSON.parse(line), release: () => response.destroy() };
    },
    async news(listener, signal) {
      try {
        const response = await ask(address, EVENTS, {}, signal);
        for await (const line of linesOf(response)) {
          if (line.startsWith('data: ')) listener(JSON.parse(line.slice('data: '.length)));
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

type Asked = Pick<Route, 'method' | 'path'>;

const EVENTS = { method: 'GET', path: '/api/events' } as const;

/** @throws SatchelError as the daemon answers it. */
async function ask(
  address: string,
  route: Asked,
  input: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const response = await send(address, route, input, signal);
  if (response.statusCode === 200) return response;
  const text = await textOf(route.path, response);
  const told = errorSchema.safeParse(parseJson(text));
  if (!told.success) {
    throw new SatchelError(
      'internal',
      `The daemon answered ${route.path} with status ${response.statusCode}.`,
      { hint: 'It may be of another version: end it, and start it again.' },
    );
  }
  const { kind, message, hint } = told.data.error;
  const version = response.headers[VERSION_HEADER];
  if (kind === 'usage' && version !== VERSION) {
    throw new SatchelError(kind, message, {
      hint: `The daemon is of version ${version}, and this is ${VERSION}: end it, and start it again.`,
    });
  }
  throw new SatchelError(kind, message, hint === null ? {} : { hint });
}

function send(
  address: string,
  { method, path }: Asked,
  input: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const body = method === 'POST' ? JSON.stringify(input) : undefined;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: address,
        method,
        path: method === 'GET' ? `${path}${queryOf(input)}` : path,
        headers: {
          host: 'localhost',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
        // A connection for each call: when it ends, so does what was asked.
        agent: false,
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    sent.on('error', (error) => reject(wentAway(path, error)));
    sent.end(body);
  });
}

function queryOf(input: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}

async function textOf(path: string, response: IncomingMessage): Promise<string> {
  const parts: string[] = [];
  try {
    for await (const part of response.setEncoding('utf8')) parts.push(part);
  } catch (error) {
    throw wentAway(path, error);
  }
  return parts.join('');
}

/** The first line of an answer that stays open. */
function firstLine(path: string, response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onEnd = (): void => reject(wentAway(path, 'it said nothing'));
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (!text.includes('\n')) return;
      response.off('end', onEnd);
      resolve(text.slice(0, text.indexOf('\n')));
    });
    response.once('end', onEnd);
    response.once('error', (error) => reject(wentAway(path, error)));
  });
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const part of response.setEncoding('utf8')) {
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw wentAway(EVENTS.path, error);
  }
}

function wentAway(path: string, error: unknown): SatchelError {
  const message = `The daemon went away while it was asked ${path}: ${messageOf(error)}.`;
  return new SatchelError('internal', message, { hint: 'Look into its log, and try again.' });
}
