/** What a service manager needs to run the daemon whenever this person is signed in. */

/** What is to run. */
export interface ServiceWish {
  /** Its name among the services of this person, such as `satchel`: letters, digits and `-`. */
  readonly id: string;
  /** The program, absolute, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Variables that the shell of this person has and a service would not. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program to run, without a shell. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** True where it fails for a good reason as well, such as that there is nothing to stop. */
  readonly mayFail?: boolean;
  /** True where it asks for what is about to go: it is run again until it fails. */
  readonly untilItFails?: boolean;
}

/** How a service manager is asked for a service: one file, and calls that tell of it. Pure data. */
export interface ServicePlan {
  /** What people call the service manager. */
  readonly manager: string;
  /** The file, absolute. The service is installed as long as it is there. */
  readonly path: string;
  readonly text: string;
  readonly encoding: 'utf8' | 'utf16le';
  /** With the file in place: makes it known, and starts the service, anew where it runs. */
  readonly install: readonly Call[];
  /** Stops the service while the file is in place. */
  readonly stop: readonly Call[];
  /** With the file in place: lets it start at the next sign-in. Nothing starts now. */
  readonly enable: readonly Call[];
  /** While the file is in place: lets it start no more. What runs goes on. */
  readonly disable: readonly Call[];
  /** Once the file is gone. */
  readonly forget: readonly Call[];
  readonly status: Call;
  /** What the answer of `status` says, in a few words; undefined where it says nothing. */
  readonly describe: (answer: string) => string | undefined;
  /** What is left to a person after an installation, where that is anything. */
  readonly note: string | undefined;
}

/** After a failure the daemon is started again, but not faster than this, seconds. */
export const RESTART_AFTER_S = 30;

/** How long it may take the daemon to end its round before it is ended at once, seconds. */
export const END_WITHIN_S = 90;

/** Text as a value of XML. */
export function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
