/** Settings of this device for a WebDAV bucket; they are no part of a bucket URL. */
import type { Clock, Random } from '../base/ports.ts';

export interface WebDavOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Allows `dav://` beyond this machine and certificates that cannot be verified. */
  readonly insecureTls?: boolean;
  /** The text of the bucket's `caFile` (PEM): authorities to trust besides the system's. */
  readonly ca?: string;
  /** The password, or app password, of the bucket's user. */
  readonly password?: string;
  /** How long a TCP connection may take to come about. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long a connection may stay without a byte in either direction. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Told the server's time (ms since the epoch, whole seconds) with each answer that has one. */
  readonly onServerDate?: (dateMs: number) => void;
}
