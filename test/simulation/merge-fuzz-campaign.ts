/** Many histories in a row, and the shortest form of one that fails. */
import * as fc from 'fast-check';
import { createRoll, type History, histories, rollHistory } from './merge-fuzz-history.ts';
import { checkHistory } from './merge-fuzz-properties.ts';
import type { Rules } from './merge-fuzz-rules.ts';
import { Violation } from './merge-fuzz-truth.ts';

export interface Failure {
  /** Which of the histories of this seed, from 0. */
  readonly index: number;
  readonly history: History;
  /** Begins with the number of the rule that is broken. */
  readonly message: string;
}

/** Each history has a seed of its own, so that a run of any length can be gone on with. */
function historyAt(seed: number, index: number): History {
  return rollHistory(createRoll(Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b)));
}

/** The first of the histories `from .. to-1` of a seed that breaks a rule. */
export function findFailure(
  rules: Rules,
  seed: number,
  from: number,
  to: number,
): Failure | undefined {
  for (let index = from; index < to; index += 1) {
    const history = historyAt(seed, index);
    const message = violationOf(rules, history);
    if (message !== undefined) return { index, history, message };
  }
  return undefined;
}

/** How a history breaks a rule; undefined where it breaks none. */
export function violationOf(rules: Rules, history: History): string | undefined {
  try {
    checkHistory(rules, history);
    return undefined;
  } catch (error) {
    if (error instanceof Violation) return error.message;
    return `internal: ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** The shortest history found that still breaks the same rule, told step by step. */
export function shrink(rules: Rules, { history, message }: Failure): string {
  const rule = ruleOf(message);
  const outcome = fc.check(
    fc.property(histories(), (candidate) => {
      const found = violationOf(rules, candidate);
      return found === undefined || ruleOf(found) !== rule;
    }),
    { examples: [[history]], numRuns: 1 },
  );
  const shortest = outcome.counterexample?.[0] ?? history;
  const trace: string[] = [];
  try {
    checkHistory(rules, shortest, trace);
  } catch (error) {
    trace.push(error instanceof Error ? error.message : String(error));
  }
  return `${JSON.stringify(shortest)}\n${trace.join('\n')}`;
}

function ruleOf(message: string): string {
  return message.slice(0, message.indexOf(':'));
}
