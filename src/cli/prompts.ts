/**
 * Questions to a person at a terminal, as a port: the wizard asks through it, and tests answer.
 * Everything is asked on stderr, so that stdout carries nothing but results; and what could drive the
 * terminal is escaped, for names of devices and words of servers are among the questions.
 */
import { Interrupted } from './interrupts.ts';
import { escapeControls } from './width.ts';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** A person who stops at a prompt makes every one of these throw `Interrupted`. */
export interface Prompts {
  /** Something to read before the next question. */
  say(text: string): void;
  select<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>;
  /** @param check says what is wrong with an answer, or undefined: then it is asked for again. */
  text(
    message: string,
    options?: {
      readonly initial?: string;
      readonly example?: string;
      readonly check?: (answer: string) => string | undefined;
    },
  ): Promise<string>;
  /** Typed unseen. */
  secret(message: string): Promise<string>;
  confirm(message: string, initial: boolean): Promise<boolean>;
}

/** The real ones. */
export async function terminalPrompts(): Promise<Prompts> {
  const clack = await import('@clack/prompts');
  const common = { output: process.stderr };
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (typeof answer === 'symbol') throw new Interrupted('stopped at the prompt');
    return answer as Exclude<T, symbol>;
  };
  return {
    say: (text) => clack.log.message(escapeControls(text), common),
    async select(message, choices) {
      const options = choices.map(({ value, label: shown, hint }) => {
        const label = escapeControls(shown);
        return hint === undefined ? { value, label } : { value, label, hint };
      });
      // The library types options by whether values are primitive, which a parameter cannot tell.
      const ask = clack.select as (
        given: object,
      ) => Promise<(typeof choices)[number]['value'] | symbol>;
      return answered(await ask({ message, options, maxItems: 10, ...common }));
    },
    async text(message, { initial, example, check } = {}) {
      const answer = await clack.text({
        message,
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(example === undefined ? {} : { placeholder: example }),
        validate: (value) => (check === undefined ? undefined : check((value ?? '').trim())),
        ...common,
      });
      return (answered(answer) ?? '').trim();
    },
    secret: async (message) => answered(await clack.password({ message, ...common })) ?? '',
    async confirm(text, initial) {
      const message = escapeControls(text);
      return answered(await clack.confirm({ message, initialValue: initial, ...common }));
    },
  };
}
