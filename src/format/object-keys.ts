/** Where things are in the bucket. One function each, so that no key is spelled twice. */

export const MANIFEST_KEY = 'satchel.json';
export const SLOTS_PREFIX = 'keys/';
export const HEADS_PREFIX = 'heads/';
export const BLOBS_PREFIX = 'blobs/';
export const LINKS_PREFIX = 'links/';

export function slotKey(slot: string): string {
  return `${SLOTS_PREFIX}${slot}`;
}

export function headKey(device: string): string {
  return `${HEADS_PREFIX}${device}`;
}

export function segmentsPrefix(device: string): string {
  return `segments/${device}/`;
}

export function segmentKey(device: string, id: string): string {
  return `${segmentsPrefix(device)}${id}`;
}

export function archivesPrefix(device: string): string {
  return `archive/${device}/`;
}

export function archiveKey(device: string, id: string): string {
  return `${archivesPrefix(device)}${id}`;
}

export function blobKey(id: string): string {
  return `${BLOBS_PREFIX}${id.slice(0, 2)}/${id}`;
}

export function linkKey(id: string): string {
  return `${LINKS_PREFIX}${id}`;
}
