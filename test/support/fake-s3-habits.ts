/** In which ways the fake S3 can work. The plain ones are those of Amazon S3. */

export interface Habits {
  /** What becomes of conditions on writes. */
  readonly conditions: 'kept' | 'ignored' | 'refused';
  /** The shape of an answer 304. */
  readonly notModified: 'with-etag' | 'bare' | 'as-xml';
  readonly etag: 'quoted' | 'unquoted' | 'weak' | 'missing';
  /** The most keys on a page of a listing. */
  readonly pageKeys: number;
  /** Whether `encoding-type=url` is heeded. */
  readonly encodesKeys: boolean;
  /** How many of the newest writes a listing does not show yet. */
  readonly unlistedWrites: number;
  /** How many reads of a key see its former object, counted from each write. */
  readonly staleReads: number;
  /** How long a key is closed to writes after one. */
  readonly writePauseMs: number;
  /** Whether a missing object is told to those who may not list. */
  readonly hidesMissing: boolean;
  /** Whether bodies may come with checksums behind them (`aws-chunked`). */
  readonly takesTrailers: boolean;
  /** Whether questions about the set-up of a bucket are understood. */
  readonly knowsSettings: boolean;
  readonly unknownKey: 'forbidden' | 'not-found';
  readonly errors: 'whole' | 'wordless' | 'untyped';
  readonly framing: 'by-length' | 'chunked' | 'until-close' | 'trickle';
  readonly headerNames: 'as-documented' | 'lower-case';
}

export const PLAIN_HABITS: Habits = {
  conditions: 'kept',
  notModified: 'with-etag',
  etag: 'quoted',
  pageKeys: 1000,
  encodesKeys: true,
  unlistedWrites: 0,
  staleReads: 0,
  writePauseMs: 0,
  hidesMissing: false,
  takesTrailers: true,
  knowsSettings: true,
  unknownKey: 'forbidden',
  errors: 'whole',
  framing: 'by-length',
  headerNames: 'as-documented',
};
