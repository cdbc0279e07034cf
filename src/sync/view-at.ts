/** What a record showed at a moment. Pure: rules S1, S3 and S7 for the versions of that time. */
import type { RecordView } from './kind.ts';
import { currentAmong, type Ends, type Held, type Placed, viewOf } from './merge.ts';

export interface Moment {
  /** By the clocks of the devices that saved, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** This device: what it had saved itself is what it showed. */
  readonly self: string;
  /** A save of the record that waits to be sent. */
  readonly pending?: string | undefined;
}

/**
 * The view of one record from the versions saved until a moment; undefined where there were none.
 * What was on this device then is not noted for ever. In a conflict it is taken to have shown what
 * it saved last, or what became of that; else the newest.
 * @param known all versions of the record, those in the outbox in the place they will have.
 */
export function viewAt(
  record: string,
  known: readonly Placed[],
  { atMs, self, pending }: Moment,
  contentFields: readonly string[],
  ends: Ends,
): RecordView | undefined {
  const until = known.filter(({ version }) => version.stamp[0] <= atMs);
  const current = currentAmong(until, ends);
  const held = heldThen(until, self, pending);
  return viewOf(record, current, held, contentFields, ends);
}

function heldThen(until: readonly Placed[], self: string, pending: string | undefined): Held {
  const own = until.filter(
    ({ device, version }) =>
      (device === self || version.stamp[1] === self) && version.gone !== true,
  );
  const last = own.reduce<Placed | undefined>(
    (newest, known) =>
      newest === undefined || known.version.stamp[0] > newest.version.stamp[0] ? known : newest,
    undefined,
  );
  return {
    pending: until.some(({ version }) => version.id === pending) ? pending : undefined,
    shown: last === undefined ? [] : [last],
    hash: last === undefined ? undefined : (last.version.hash ?? ''),
  };
}
