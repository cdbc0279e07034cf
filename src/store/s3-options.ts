/** Settings of this device for an S3 bucket; they are no part of a bucket URL. */
import type { StoreCredentials } from './credentials.ts';

export interface S3Options {
  /** Allows `http://` beyond this machine and certificates that cannot be verified. */
  readonly insecureTls?: boolean;
  /** The text of the bucket's `caFile` (PEM): authorities to trust besides the system's. */
  readonly ca?: string;
  /** Keys that a person entered. Without them the AWS SDK's whole chain is asked. */
  readonly accessKeys?: StoreCredentials['accessKeys'];
  /** How long a TCP connection may take to come about. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long a connection may stay without a byte in either direction. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Told the server's time (ms since the epoch, whole seconds) with each answer that has one. */
  readonly onServerDate?: (dateMs: number) => void;
}
