/**
 * What the probes of servers share: a question to a server, and its answer in a few words that stay
 * the same from run to run, so that they can stand in the docs and be compared.
 */

export interface Question<Bench> {
  /** What is asked, as the docs show it. One that ends in `†` may be answered by chance. */
  readonly title: string;
  ask(bench: Bench): Promise<string>;
}

/** Marks a question whose answer hangs on who comes first. */
export const BY_CHANCE = ' †';

/** The answers in the order of the questions, which are asked one after the other. */
export async function askAll<Bench>(
  questions: readonly Question<Bench>[],
  bench: Bench,
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { title, ask } of questions) {
    try {
      answers.push(await ask(bench));
    } catch (cause) {
      throw new Error(`the question "${title}" got no answer`, { cause });
    }
  }
  return answers;
}

/** What came back: a status, and the name of the failure where the server gave one. */
export interface Reply {
  readonly status: number;
  readonly code?: string | undefined;
}

export function isDone({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** `yes`, or how the server said no. */
export function whetherDone(reply: Reply): string {
  return isDone(reply) ? 'yes' : `no, ${inWords(reply)}`;
}

/** What became of a request with a condition that does not hold. */
export function whetherStopped(reply: Reply): string {
  if (isDone(reply)) return 'ignored';
  return reply.status === 412 ? 'honoured' : `no, ${inWords(reply)}`;
}

/** What became of a request that contradicts itself. */
export function whetherRefused(reply: Reply): string {
  return isDone(reply) ? 'accepted' : `refused, ${inWords(reply)}`;
}

function inWords({ status, code }: Reply): string {
  return code === undefined || /^(?:Unknown|UnknownError|\d+)$/.test(code)
    ? `${status}`
    : `${status} ${code}`;
}

/** How many of `count` requests at once are done. */
export async function countDone(
  count: number,
  send: (index: number) => Promise<Reply>,
): Promise<number> {
  const replies = await Promise.all(Array.from({ length: count }, (_, index) => send(index)));
  return replies.filter(isDone).length;
}
