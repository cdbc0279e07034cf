/** What a device is called before anybody gave it a name. */
import { hostname } from 'node:os';

/** The host name of this computer, as far as it fits the names of devices. */
export function hostDeviceName(): string {
  return hostname().slice(0, 60) || 'unnamed';
}
